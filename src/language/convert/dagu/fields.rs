//! Keys as dagu reads them: `retryPolicy` and `retry_policy` are one, and many values may be one or a list.

use super::super::fields::text;
use crate::language::yaml::{Entry, Kind, Node};

/// A key in either spelling; `name` is in snake case.
pub(super) fn entry<'a>(node: &'a Node, name: &str) -> Option<&'a Entry> {
    node.entries().iter().find(|entry| snake(&entry.key) == name)
}

pub(super) fn get<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    entry(node, name).map(|entry| &entry.value)
}

pub(super) fn snake(key: &str) -> String {
    let mut snake = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

pub(super) fn is_true(node: Option<&Node>) -> bool {
    text(node).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Names with values: a mapping, a list of mappings, or a list of `NAME=value`.
pub(super) fn pairs(node: &Node) -> Vec<(String, &Node, Option<String>)> {
    let mut pairs = Vec::new();
    let add = |node: &Node| -> Vec<(String, Option<String>)> {
        text(Some(node))
            .and_then(|text| {
                text.split_once('=').map(|(name, value)| (name.trim().to_owned(), Some(value.to_owned())))
            })
            .into_iter()
            .collect()
    };
    match &node.kind {
        Kind::Mapping(entries) => {
            pairs.extend(entries.iter().map(|entry| (entry.key.to_string(), &entry.value, None)));
        }
        Kind::Sequence(items) => {
            for item in items.iter() {
                pairs.extend(item.entries().iter().map(|entry| (entry.key.to_string(), &entry.value, None)));
                pairs.extend(add(item).into_iter().map(|(name, value)| (name, item, value)));
            }
        }
        Kind::Scalar(_) => {}
    }
    pairs
}

/// The words of a command line, quotes taken off.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let (mut is_word, mut is_command) = (false, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') => (quote, is_word) = (Some(c), true),
            // A command in it is one word, and keeps its signs.
            (None, '`') => {
                is_command = !is_command;
                is_word = true;
                word.push(c);
            }
            (None, c) if c.is_whitespace() && !is_command => {
                if is_word {
                    words.push(std::mem::take(&mut word));
                }
                is_word = false;
            }
            (None, c) => {
                word.push(c);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}
