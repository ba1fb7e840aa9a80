//! The tree as a person would write it: scripts as blocks, small mappings in one line, comments above what they are about.

use super::tree::{Entry, Mark, Tree};
use crate::language::yaml::Primitive;
use std::fmt::Write;

/// Columns of a line, where nothing in it must be longer.
const WIDTH: usize = 110;

/// The text, and the lines of every marked part, counted from one.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub text: String,
    pub marks: Vec<(Mark, std::ops::RangeInclusive<usize>)>,
    line: usize,
}

pub(super) fn write(tree: &Tree) -> Written {
    let mut written = Written { line: 1, ..Written::default() };
    if let Tree::Map(entries) = tree {
        let mut was_large = false;
        for (at, entry) in entries.iter().enumerate() {
            let large = is_large(entry);
            if at > 0 && (large || was_large) {
                written.push("\n");
            }
            was_large = matches!(entry.value, Tree::List(_) | Tree::Map(_));
            written.entry(entry, 0);
        }
    }
    written
}

/// A part of the document that is set off by an empty line.
fn is_large(entry: &Entry) -> bool {
    matches!(entry.value, Tree::List(_) | Tree::Map(_)) || !entry.comments.is_empty()
}

impl Written {
    fn push(&mut self, text: &str) {
        self.line += text.matches('\n').count();
        self.text.push_str(text);
    }

    fn indent(&mut self, depth: usize) {
        self.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn comments(&mut self, comments: &[String], depth: usize) {
        for line in comments.iter().flat_map(|comment| wrapped(comment, depth)) {
            self.indent(depth);
            self.push(format!("# {line}").trim_end());
            self.push("\n");
        }
    }

    /// A key with its value, from the start of a line.
    fn entry(&mut self, entry: &Entry, depth: usize) {
        let start = self.line;
        self.comments(&entry.comments, depth);
        self.indent(depth);
        self.keyed(entry, depth);
        self.marked(entry, start);
    }

    fn marked(&mut self, entry: &Entry, start: usize) {
        if let Some(mark) = &entry.mark {
            self.marks.push((mark.clone(), start..=self.line.saturating_sub(1).max(start)));
        }
    }

    fn keyed(&mut self, entry: &Entry, depth: usize) {
        let key = scalar(entry.key.as_deref().unwrap_or_default(), Place::Block);
        self.push(&key);
        self.push(":");
        self.value(&entry.value, depth, key.len() + 1 + 2 * depth);
    }

    /// What stands behind a colon, to the end of its last line.
    fn value(&mut self, value: &Tree, depth: usize, column: usize) {
        match value {
            Tree::Flow(inner) => match in_line(inner).filter(|line| column + line.len() < WIDTH) {
                Some(line) => {
                    self.push(" ");
                    self.push(&line);
                    self.push("\n");
                }
                None => self.value(inner, depth, column),
            },
            Tree::Map(entries) if !entries.is_empty() => {
                self.push("\n");
                for entry in entries {
                    self.entry(entry, depth + 1);
                }
            }
            Tree::List(entries) if !entries.is_empty() => {
                self.push("\n");
                self.items(entries, depth + 1);
            }
            Tree::Text(text) if is_block(text) => {
                self.push(" ");
                self.block(text, depth + 1);
            }
            other => {
                self.push(" ");
                self.push(&in_line(other).unwrap_or_default());
                self.push("\n");
            }
        }
    }

    fn items(&mut self, entries: &[Entry], depth: usize) {
        let mut was_large = false;
        for (at, entry) in entries.iter().enumerate() {
            let large =
                matches!(&entry.value, Tree::Map(inner) if inner.len() > 1) || !entry.comments.is_empty();
            if at > 0 && (large || was_large) {
                self.push("\n");
            }
            was_large = large;
            let start = self.line;
            self.comments(&entry.comments, depth);
            self.indent(depth);
            self.push("-");
            match &entry.value {
                Tree::Map(inner) if !inner.is_empty() => self.inlined(inner, depth + 1),
                Tree::Flow(inner) => {
                    match (in_line(inner).filter(|line| line.len() + 2 * depth < WIDTH), &**inner) {
                        (None, Tree::Map(inner)) if !inner.is_empty() => self.inlined(inner, depth + 1),
                        (None, other) => self.value(other, depth, 0),
                        (Some(line), _) => {
                            self.push(" ");
                            self.push(&line);
                            self.push("\n");
                        }
                    }
                }
                other => self.value(other, depth, 2 * depth + 1),
            }
            self.marked(entry, start);
        }
    }

    /// A mapping whose first key stands behind the dash of its item.
    fn inlined(&mut self, entries: &[Entry], depth: usize) {
        for (at, entry) in entries.iter().enumerate() {
            if at == 0 && entry.comments.is_empty() {
                self.push(" ");
                self.keyed(entry, depth);
            } else {
                if at == 0 {
                    self.push("\n");
                }
                self.entry(entry, depth);
            }
        }
    }

    fn block(&mut self, text: &str, depth: usize) {
        let body = text.trim_end_matches('\n');
        self.push(match text.len() - body.len() {
            0 => "|-\n",
            1 => "|\n",
            _ => "|+\n",
        });
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.indent(depth);
                self.push(line);
            }
            self.push("\n");
        }
    }
}

/// A comment in lines that are not too long; a line break in it stays one.
fn wrapped(comment: &str, depth: usize) -> Vec<String> {
    let width = WIDTH.saturating_sub(2 * depth + 2).max(40);
    let mut lines = Vec::new();
    for part in comment.split('\n') {
        if let Some(kept) = part.strip_prefix("| ") {
            lines.push(kept.trim_end().to_owned());
            continue;
        }
        let mut line = String::new();
        for word in part.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    let clean = |line: String| line.chars().map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect();
    lines.into_iter().map(clean).collect()
}

/// A value in one line, where it has no comments and no lines of its own.
fn in_line(tree: &Tree) -> Option<String> {
    Some(match tree {
        Tree::Plain(text) => text.clone(),
        Tree::Text(text) => scalar(text, Place::Block),
        Tree::Flow(inner) => in_line(inner)?,
        Tree::List(entries) => {
            let items: Option<Vec<String>> = entries.iter().map(in_flow).collect();
            format!("[{}]", items?.join(", "))
        }
        Tree::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Tree::Map(entries) => {
            let items: Option<Vec<String>> = entries.iter().map(in_flow).collect();
            format!("{{ {} }}", items?.join(", "))
        }
    })
}

fn in_flow(entry: &Entry) -> Option<String> {
    if !entry.comments.is_empty() {
        return None;
    }
    let mut text = String::new();
    if let Some(key) = &entry.key {
        let _ = write!(text, "{}: ", scalar(key, Place::Flow));
    }
    text.push_str(&match &entry.value {
        Tree::Text(value) if value.contains('\n') => return None,
        Tree::Text(value) => scalar(value, Place::Flow),
        other => in_line(other)?,
    });
    Some(text)
}

/// Several lines that a literal block keeps exactly.
fn is_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    body.contains('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn is_printable(c: char) -> bool {
    !(c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Block,
    /// Inside `{}` or `[]`.
    Flow,
}

fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) {
        text.to_owned()
    } else if !text.chars().all(is_printable) || (text.contains('\'') && !text.contains(['"', '\\'])) {
        double_quoted(text)
    } else if text.contains('"') || text.contains('\\') {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_printable(c) => quoted.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ ..=0xff => write!(quoted, "\\x{code:02x}"),
                    code @ ..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text reads back as itself without quotes, in YAML 1.1 and 1.2 alike.
fn is_plain(text: &str, place: Place) -> bool {
    let starts_well = text
        .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '.' | '$' | '<' | '(' | '+'));
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null" | "." | "<<" | "="
    );
    let ends_value = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let in_flow = place == Place::Block || !text.contains([',', '[', ']', '{', '}']);
    // Ages (1:30) and dates are numbers to older readers.
    let is_numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+'))
        && text.chars().all(|c| c.is_ascii_digit() || ".:_-+eExXoabcdfABCDF".contains(c));
    starts_well
        && !is_word
        && !ends_value
        && in_flow
        && !is_numeric
        && text.chars().all(|c| is_printable(c) && c != '\n')
        && Primitive::of_plain(text) == Primitive::Text
}
