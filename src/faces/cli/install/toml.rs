//! A value put into a TOML text.

use serde_json::{Map, Value};
use std::fmt::Write;
use std::ops::Range;
use toml_edit::{Array, Document, Item, Table, TableLike};

pub fn read(text: &str) -> Result<Value, String> {
    let document = Document::parse(text).map_err(|error| error.to_string().trim().to_owned())?;
    Ok(table(document.as_table()))
}

/// The text with a value at a path; nothing where that would mean to write a part of it anew.
pub fn set(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let mut at: &Table = document.as_table();
    for (depth, key) in path.iter().enumerate() {
        match at.get(key) {
            Some(Item::Table(below)) => at = below,
            Some(found) => {
                let found = path[depth + 1..].iter().try_fold(found, |item, key| item.get(key))?;
                return Some(splice(text, found.span()?, &line(value)));
            }
            None if depth < 2 || at.is_implicit() => return append(text, path, value),
            None if at.is_dotted() => return None,
            None => return Some(add(text, at, &path[depth..], value)),
        }
    }
    None
}

/// A line behind the last of a table.
fn add(text: &str, table: &Table, path: &[&str], value: &Value) -> String {
    let last = ends(table).max().or(table.span().map(|span| span.end)).unwrap_or(text.len());
    let end = text[last..].find('\n').map(|newline| last + newline + 1);
    let newline = newline(text);
    let entry = entry(path, value);
    match end {
        Some(end) => splice(text, end..end, &format!("{entry}{newline}")),
        None => format!("{text}{newline}{entry}{newline}"),
    }
}

/// A new table at the end of the text.
fn append(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let table = path.get(..2)?;
    let newline = newline(text);
    let gap = match text {
        "" => String::new(),
        text if text.ends_with('\n') => newline.to_owned(),
        _ => newline.repeat(2),
    };
    let entry = entry(&path[2..], value);
    Some(format!("{text}{gap}[{}]{newline}{entry}{newline}", table.join(".")))
}

/// Where the values of a table end, those of its dotted keys too.
fn ends(table: &Table) -> Box<dyn Iterator<Item = usize> + '_> {
    Box::new(table.iter().flat_map(|(_, item)| match item {
        Item::Table(below) if below.is_dotted() => ends(below),
        Item::Value(value) => Box::new(value.span().map(|span| span.end).into_iter()),
        _ => Box::new(std::iter::empty()) as Box<dyn Iterator<Item = usize>>,
    }))
}

/// `key = value`, with the tables that the rest of the path makes in it.
fn entry(path: &[&str], value: &Value) -> String {
    let mut text = String::new();
    for key in path.iter().take(path.len().saturating_sub(1)) {
        let _ = write!(text, "{key} = {{ ");
    }
    let _ = write!(text, "{} = {}", path.last().unwrap_or(&""), line(value));
    text + &" }".repeat(path.len().saturating_sub(1))
}

/// A text or a list of texts, in one line.
fn line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Array>().to_string()
        }
        other => toml_edit::Value::from(other.as_str().unwrap_or_default()).to_string(),
    }
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn splice(text: &str, span: Range<usize>, part: &str) -> String {
    format!("{}{part}{}", &text[..span.start], &text[span.end..])
}

fn table(table: &dyn TableLike) -> Value {
    Value::Object(table.iter().map(|(key, item)| (key.to_owned(), plain(item))).collect::<Map<_, _>>())
}

/// An item as JSON, for comparing.
fn plain(item: &Item) -> Value {
    if let Some(inner) = item.as_table_like() {
        return table(inner);
    }
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().map(|inner| table(inner)).collect();
    }
    match item.as_value() {
        Some(toml_edit::Value::String(text)) => Value::from(text.value().as_str()),
        Some(toml_edit::Value::Array(items)) => {
            items.iter().map(|item| plain(&Item::Value(item.clone()))).collect()
        }
        Some(other) => Value::from(other.clone().decorated("", "").to_string()),
        None => Value::Null,
    }
}
