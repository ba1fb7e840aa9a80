//! `config set`: one value of a file changed in place, everything else, comments included, left as it was.

use super::error::{Place, Problem, Result};
use super::file;
use super::key;
use super::value;
use super::yaml::{self, Content, Node};
use crate::platform::folder::{Placing, save};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Write `key: text` into the file, which is made if it is missing. The file is replaced as a whole or not at all.
pub fn set(path: &Path, key: &str, text: &str) -> Result<()> {
    let place = Place::Flag(key.to_owned());
    let known = key::find(key).map_err(|(message, hint)| Problem::new(place.clone(), message, hint))?;
    let text = value::check(known.kind, text).map_err(|expected| {
        Problem::new(place, format!("`{key}` must be {expected}, this is `{text}`"), None)
    })?;
    let old = file::text(path)?.unwrap_or_default();
    let tree = yaml::read(path, &old)?;
    let new = edited(&old, tree.as_ref(), key, &scalar(&text));
    if !changes_only(path, tree.as_ref(), &new, (key, &text)) {
        let hint = Some("change it in an editor".to_owned());
        let message = format!("`{key}` can't be set without rewriting the file");
        return Err(Problem { hint, ..Problem::of_file(path, message) }.into());
    }
    replace(path, &new).map_err(|error| Problem::of_file(path, format!("cannot be written: {error}")))?;
    Ok(())
}

/// The text as a YAML scalar that reads back the same.
fn scalar(text: &str) -> String {
    let is_plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._/~+-".contains(letter))
        && text.starts_with(|letter: char| letter.is_ascii_alphanumeric() || "./".contains(letter))
        && text != "null";
    if is_plain { text.to_owned() } else { serde_json::Value::String(text.to_owned()).to_string() }
}

fn edited(old: &str, tree: Option<&Node>, key: &str, scalar: &str) -> String {
    let (section, name) = key.split_once('.').map_or((None, key), |(section, name)| (Some(section), name));
    let entry = |node: Option<&Node>, name: &str| match node.map(|node| &node.content) {
        Some(Content::Map(entries)) => entries.iter().find(|(found, _)| found.text == name).cloned(),
        _ => None,
    };
    let parent = section.map(|section| entry(tree, section));
    let holder = match &parent {
        Some(parent) => parent.as_ref().map(|(_, node)| node),
        None => tree,
    };
    if let Some((found, node)) = entry(holder, name) {
        // A key without a value has an empty span behind its colon.
        return match node.content {
            Content::Null if node.span.is_empty() => {
                insert(old, colon_after(old, found.span.end), &format!(" {scalar}"))
            }
            _ => splice(old, written(old, node.span), scalar),
        };
    }
    match (section, parent.flatten()) {
        (Some(section), None) => append(old, &format!("{section}:\n  {name}: {scalar}")),
        (Some(_), Some((_, node))) if matches!(node.content, Content::Map(_)) => {
            let Content::Map(entries) = &node.content else { return old.to_owned() };
            let Some((first, _)) = entries.first() else { return old.to_owned() };
            let indent = " ".repeat(first.column);
            insert(old, first.span.start, &format!("{name}: {scalar}\n{indent}"))
        }
        (Some(_), Some((found, _))) => {
            insert(old, colon_after(old, found.span.end), &format!("\n  {name}: {scalar}"))
        }
        (None, _) => append(old, &format!("{name}: {scalar}")),
    }
}

/// The span without what the parser counts to a quoted scalar beyond its closing quote.
fn written(old: &str, span: Range<usize>) -> Range<usize> {
    let letters: Vec<char> = old.chars().skip(span.start).take(span.len()).collect();
    let Some(quote @ ('"' | '\'')) = letters.first().copied() else { return span };
    let mut at = 1;
    while at < letters.len() {
        let is_escape = quote == '"' && letters[at] == '\\';
        let is_doubled = quote == '\'' && letters[at] == quote && letters.get(at + 1) == Some(&quote);
        if letters[at] == quote && !is_doubled {
            return span.start..span.start + at + 1;
        }
        at += if is_escape || is_doubled { 2 } else { 1 };
    }
    span
}

fn append(old: &str, line: &str) -> String {
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    format!("{old}{gap}{line}\n")
}

fn insert(old: &str, at: usize, text: &str) -> String {
    splice(old, at..at, text)
}

fn splice(old: &str, span: Range<usize>, text: &str) -> String {
    let byte = |at: usize| old.char_indices().nth(at).map_or(old.len(), |(byte, _)| byte);
    format!("{}{text}{}", &old[..byte(span.start)], &old[byte(span.end)..])
}

fn colon_after(old: &str, at: usize) -> usize {
    at + old.chars().skip(at).position(|letter| letter == ':').map_or(0, |colon| colon + 1)
}

/// Whether the new text gives the key this value and everything else is what it was.
fn changes_only(path: &Path, old: Option<&Node>, new: &str, (key, text): (&str, &str)) -> bool {
    let Ok(Some(new)) = yaml::read(path, new) else { return false };
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    if let Some(old) = old {
        leaves("", old, &mut before);
    }
    leaves("", &new, &mut after);
    before.insert(key.to_owned(), text.to_owned());
    before == after
}

fn leaves(name: &str, node: &Node, found: &mut BTreeMap<String, String>) {
    let inner = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match &node.content {
        Content::Null => {}
        Content::Text(text) => {
            found.insert(name.to_owned(), text.clone());
        }
        Content::List(items) => {
            for (at, item) in items.iter().enumerate() {
                leaves(&inner(&at.to_string()), item, found);
            }
        }
        Content::Map(entries) => {
            for (key, node) in entries {
                leaves(&inner(&key.text), node, found);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "makes the folder of a configuration file")]
fn replace(path: &Path, text: &str) -> io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    save(path, text.as_bytes(), Placing::Instead)
}
