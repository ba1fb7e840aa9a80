//! JSON values written as YAML that people like to read. Only writing: reading is the language's.

use serde_json::{Map, Value};

/// A document with a line break at its end.
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut text, map, 0),
        Value::Array(list) if !list.is_empty() => write_list(&mut text, list, 0),
        other => {
            write_scalar(&mut text, other, 0);
            text.push('\n');
        }
    }
    text
}

fn write_map(text: &mut String, map: &Map<String, Value>, depth: usize) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 {
            indent(text, depth);
        }
        text.push_str(&plain_or_quoted(key));
        text.push(':');
        write_below(text, value, depth);
    }
}

fn write_list(text: &mut String, list: &[Value], depth: usize) {
    for (at, value) in list.iter().enumerate() {
        if at > 0 {
            indent(text, depth);
        }
        text.push('-');
        match value {
            Value::Object(map) if !map.is_empty() => {
                text.push(' ');
                write_map(text, map, depth + 1);
            }
            Value::Array(inner) if !inner.is_empty() => {
                text.push(' ');
                write_list(text, inner, depth + 1);
            }
            other => {
                text.push(' ');
                write_scalar(text, other, depth + 1);
                text.push('\n');
            }
        }
    }
}

/// The value of a key.
fn write_below(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            indent(text, depth + 1);
            write_map(text, map, depth + 1);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            indent(text, depth + 1);
            write_list(text, list, depth + 1);
        }
        other => {
            text.push(' ');
            write_scalar(text, other, depth + 1);
            text.push('\n');
        }
    }
}

fn write_scalar(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::String(string) if is_block(string) => write_block(text, string, depth),
        Value::String(string) => text.push_str(&plain_or_quoted(string)),
        other => text.push_str(&other.to_string()),
    }
}

/// Several lines that a literal block keeps exactly.
fn is_block(string: &str) -> bool {
    let safe = |c: char| c == '\n' || c == '\t' || !c.is_control();
    string.trim_end_matches('\n').contains('\n')
        && !string.starts_with([' ', '\n', '\t'])
        && string.chars().all(safe)
        && string.lines().all(|line| line.trim_end() == line)
}

fn write_block(text: &mut String, string: &str, depth: usize) {
    let body = string.trim_end_matches('\n');
    text.push_str(match string.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n').chain(std::iter::repeat_n("", (string.len() - body.len()).saturating_sub(1)))
    {
        text.push('\n');
        if !line.is_empty() {
            indent(text, depth.max(1));
            text.push_str(line);
        }
    }
}

fn plain_or_quoted(string: &str) -> String {
    if is_plain(string) { string.to_owned() } else { Value::String(string.to_owned()).to_string() }
}

/// Whether a text reads back as itself without quotes, in YAML 1.1 and 1.2 alike.
fn is_plain(string: &str) -> bool {
    let Some(first) = string.chars().next() else { return false };
    let starts_well = first.is_alphabetic() || matches!(first, '/' | '_' | '.' | '$');
    let inside = string.chars().all(|c| c.is_alphanumeric() || " _-./,()+@$=;<>'".contains(c));
    let is_word = matches!(
        string.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null" | "~" | ".inf" | ".nan" | "."
    );
    starts_well && inside && !is_word && !string.ends_with(' ') && string.parse::<f64>().is_err()
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}
