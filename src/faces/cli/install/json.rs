//! A value put into a JSON text, in the style that the text has.

use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ops::Range;

const INDENT: &str = "  ";

pub fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The same text as strict JSON, each thing at its place: comments, and commas behind the last one, become blanks.
pub fn without_comments(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let (mut at, mut comma) = (0, None);
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => end_of_string(&bytes, at),
            (b'/', Some(b'/')) => end_of(&bytes, at, b"\n"),
            (b'/', Some(b'*')) => end_of(&bytes, at + 2, b"*/") + 2,
            _ => at + 1,
        }
        .min(bytes.len());
        match bytes[at] {
            b'/' => bytes[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' '),
            b',' => comma = Some(at),
            byte if byte.is_ascii_whitespace() => {}
            byte => {
                if let (b'}' | b']', Some(comma)) = (byte, comma) {
                    bytes[comma] = b' ';
                }
                comma = None;
            }
        }
        at = end;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn end_of(bytes: &[u8], begin: usize, mark: &[u8]) -> usize {
    let found = bytes.get(begin..).and_then(|rest| rest.windows(mark.len()).position(|part| part == mark));
    found.map_or(bytes.len(), |at| begin + at)
}

/// The text with a value at a path. `plain` is the text without what is no strict JSON, each thing at the same place.
pub fn set(text: &str, plain: &str, path: &[&str], value: &Value) -> Option<String> {
    let mut object = span(plain, serde_json::from_str::<&RawValue>(plain).ok()?);
    for (depth, key) in path.iter().enumerate() {
        let members = members(plain, &object)?;
        match members.get(*key) {
            Some(found) if depth + 1 == path.len() => return Some(splice(text, found.clone(), &line(value))),
            Some(found) => object = found.clone(),
            None => {
                let place = Place::of(plain, &object, &members);
                return Some(place.insert(text, &path[depth..], value));
            }
        }
    }
    None
}

fn members(plain: &str, object: &Range<usize>) -> Option<BTreeMap<String, Range<usize>>> {
    let raw: BTreeMap<String, &RawValue> = serde_json::from_str(&plain[object.clone()]).ok()?;
    Some(raw.into_iter().map(|(key, value)| (key, span(plain, value))).collect())
}

/// Where a part that was borrowed from a text is in it.
fn span(text: &str, part: &RawValue) -> Range<usize> {
    let start = part.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + part.get().len()
}

fn splice(text: &str, span: Range<usize>, part: &str) -> String {
    format!("{}{part}{}", &text[..span.start], &text[span.end..])
}

/// Where in an object a member is added, and how members stand there.
struct Place {
    at: usize,
    before: String,
    after: String,
    style: Style,
}

enum Style {
    /// All in one line.
    Line,
    Lines {
        newline: &'static str,
        /// Of a member.
        indent: String,
        /// What each level adds.
        step: String,
    },
}

impl Place {
    fn of(plain: &str, object: &Range<usize>, members: &BTreeMap<String, Range<usize>>) -> Self {
        let last = members.values().map(|span| span.end).max();
        let inner = &plain[object.start + 1..object.end - 1];
        let first = object.start + 1 + inner.find(|letter: char| !letter.is_whitespace()).unwrap_or(0);
        let newline = if plain.contains("\r\n") { "\r\n" } else { "\n" };
        let own = indent_at(plain, object.start);
        let is_line = match last {
            Some(_) => !plain[object.start..first].contains('\n'),
            None => !plain.trim().contains('\n') && plain.trim().len() > object.len(),
        };
        if is_line {
            let before = if last.is_some() { ", " } else { "" };
            let at = last.unwrap_or(object.start + 1);
            return Self { at, before: before.to_owned(), after: String::new(), style: Style::Line };
        }
        let step = step(plain);
        let indent = if last.is_some() { indent_at(plain, first) } else { own.clone() + &step };
        let comma = if last.is_some() { "," } else { "" };
        let closes_alone = last.is_some() || inner.contains('\n');
        Self {
            at: last.unwrap_or(object.start + 1),
            before: format!("{comma}{newline}{indent}"),
            after: if closes_alone { String::new() } else { format!("{newline}{own}") },
            style: Style::Lines { newline, indent, step },
        }
    }

    fn insert(&self, text: &str, path: &[&str], value: &Value) -> String {
        let member = self.style.member(path, value, 0);
        splice(text, self.at..self.at, &format!("{}{member}{}", self.before, self.after))
    }
}

impl Style {
    /// A member, with the objects that the rest of the path makes in it.
    fn member(&self, path: &[&str], value: &Value, depth: usize) -> String {
        let Some((key, rest)) = path.split_first() else { return line(value) };
        let key = Value::from(*key);
        if rest.is_empty() {
            return format!("{key}: {}", line(value));
        }
        let inner = self.member(rest, value, depth + 1);
        match self {
            Self::Line => format!("{key}: {{{inner}}}"),
            Self::Lines { newline, indent, step } => {
                let outer = format!("{indent}{}", step.repeat(depth));
                format!("{key}: {{{newline}{outer}{step}{inner}{newline}{outer}}}")
            }
        }
    }
}

/// What the line of this place begins with.
fn indent_at(text: &str, at: usize) -> String {
    let begin = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[begin..].chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect()
}

/// What a level adds: what the first indented line begins with.
fn step(text: &str) -> String {
    let indented = text.lines().find(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
    indented.map_or(INDENT.to_owned(), |line| indent_at(line, 0))
}

/// A text or a list of texts, in one line.
fn line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
