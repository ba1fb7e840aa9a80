//! The terms of a document: a path and a value each, written so that bytes sort as values do. All items of a list
//! share the path `list[]`; a path that is there at all has a mark, too, which says of which kind it is.

use crate::records::number::{DOUBLE_WHOLE_MAX, double};
use crate::records::path::{Path, Step};
use serde_json::{Number, Value};
use std::collections::BTreeSet;

/// Bytes of a text that are in its term; of a longer one a hash follows.
const TEXT_BYTES: usize = 40;
const HASH_BYTES: usize = 8;

/// What the path of a list goes on with for its items.
const ITEM: &str = "[]";

const MEMBER: u8 = 0x01;
const SINGLE: u8 = 0x02;
const OBJECT: u8 = 0x03;
const LIST: u8 = 0x04;
const NULL: u8 = 0x10;
const FALSE: u8 = 0x11;
const TRUE: u8 = 0x12;
const NUMBER: u8 = 0x20;
const TEXT: u8 = 0x30;
const AFTER_VALUES: u8 = 0x40;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    pub path: String,
    pub tail: Vec<u8>,
}

impl Term {
    /// That an entity is there.
    pub fn member() -> Self {
        Self { path: String::new(), tail: vec![MEMBER] }
    }

    pub fn tag(tag: &str) -> Self {
        Self::value("#".to_owned(), &Value::from(tag))
    }

    /// A single value at a path.
    pub fn value(path: String, value: &Value) -> Self {
        Self { path, tail: tail(value) }
    }

    pub fn object(path: String) -> Self {
        Self { path, tail: vec![OBJECT] }
    }

    pub fn list(path: String) -> Self {
        Self { path, tail: vec![LIST] }
    }

    /// That something is at a path, of whatever kind.
    pub fn presence(path: &str) -> Vec<Self> {
        let mark = |kind| Self { path: path.to_owned(), tail: vec![kind] };
        [SINGLE, OBJECT, LIST].map(mark).to_vec()
    }
}

/// Every term of an entity, once.
pub fn terms(data: &Value, tags: &[String]) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    each_term(data, tags, &mut |path, tail| {
        terms.insert(Term { path: path.to_owned(), tail: tail.to_owned() });
    });
    terms
}

/// Tells the path and the tail of every term of an entity, of some more than once.
pub fn each_term(data: &Value, tags: &[String], tell: &mut dyn FnMut(&str, &[u8])) {
    tell("", &[MEMBER]);
    let (mut path, mut tail) = (String::new(), Vec::new());
    for tag in tags {
        write_text(tag, &mut tail);
        tell("#", &tail);
    }
    for (key, value) in data.as_object().into_iter().flatten() {
        write_below(&mut path, key);
        collect(&mut path, value, &mut tail, tell);
        path.clear();
    }
}

fn collect(path: &mut String, value: &Value, tail: &mut Vec<u8>, tell: &mut dyn FnMut(&str, &[u8])) {
    let length = path.len();
    match value {
        Value::Object(fields) => {
            tell(path, &[OBJECT]);
            for (key, value) in fields {
                write_below(path, key);
                collect(path, value, tail, tell);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            tell(path, &[LIST]);
            path.push_str(ITEM);
            for value in items {
                collect(path, value, tail, tell);
            }
            path.truncate(length);
        }
        single => {
            tell(path, &[SINGLE]);
            write_tail(single, tail);
            tell(path, tail);
        }
    }
}

/// The path of a key of what is at `path`.
pub(super) fn below(path: &str, key: &str) -> String {
    let mut longer = String::with_capacity(path.len() + key.len() + 1);
    longer.push_str(path);
    write_below(&mut longer, key);
    longer
}

fn write_below(path: &mut String, key: &str) {
    path.push('.');
    for c in key.chars() {
        if matches!(c, '.' | '[' | '\\') {
            path.push('\\');
        }
        path.push(c);
    }
}

pub(super) fn item(path: &str) -> String {
    format!("{path}{ITEM}")
}

/// The path of a place; whether it is that place alone: the items of a list share theirs.
pub(super) fn indexed(path: &Path) -> (String, bool) {
    path.0.iter().fold((String::new(), true), |(path, is_alone), step| match step {
        Step::Key(key) => (below(&path, key), is_alone),
        Step::Item(_) => (item(&path), false),
    })
}

/// The path under which a place is indexed, if it is no item of a list.
pub fn indexed_path(path: &Path) -> Option<String> {
    let (path, is_alone) = indexed(path);
    is_alone.then_some(path)
}

/// Whether no other value has the same term.
pub(super) fn is_exact(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= TEXT_BYTES,
        Value::Number(number) => is_small(number),
        _ => true,
    }
}

pub(super) fn is_small(number: &Number) -> bool {
    double(number).abs() < DOUBLE_WHOLE_MAX
}

fn tail(value: &Value) -> Vec<u8> {
    let mut tail = Vec::new();
    write_tail(value, &mut tail);
    tail
}

fn write_tail(value: &Value, tail: &mut Vec<u8>) {
    let only = |tail: &mut Vec<u8>, bytes: &[u8]| {
        tail.clear();
        tail.extend_from_slice(bytes);
    };
    match value {
        Value::Null => only(tail, &[NULL]),
        Value::Bool(false) => only(tail, &[FALSE]),
        Value::Bool(true) => only(tail, &[TRUE]),
        Value::Number(number) => only(tail, &number_tail(number)),
        Value::String(text) => write_text(text, tail),
        Value::Array(_) => only(tail, &[LIST]),
        Value::Object(_) => only(tail, &[OBJECT]),
    }
}

fn write_text(text: &str, tail: &mut Vec<u8>) {
    tail.clear();
    tail.push(TEXT);
    tail.extend_from_slice(beginning(text));
    if text.len() > TEXT_BYTES {
        tail.extend_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..HASH_BYTES]);
    }
}

fn beginning(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(TEXT_BYTES)]
}

pub(super) fn text_tail(text: &str) -> Vec<u8> {
    [&[TEXT], beginning(text)].concat()
}

/// Doubles in an order of bytes: the sign turned over, and all of it for what is below zero.
pub(super) fn number_tail(number: &Number) -> [u8; 9] {
    let bits = double(number).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    let mut tail = [NUMBER; 9];
    tail[1..].copy_from_slice(&ordered.to_be_bytes());
    tail
}

/// All tails of numbers or of texts, from the first to behind the last.
pub(super) fn kind_range(value: &Value) -> (Vec<u8>, Vec<u8>) {
    match value {
        Value::Number(_) => (vec![NUMBER], vec![NUMBER + 1]),
        _ => (vec![TEXT], vec![TEXT + 1]),
    }
}

/// All tails that are values and no marks.
pub fn value_range() -> (Vec<u8>, Vec<u8>) {
    (vec![NULL], vec![AFTER_VALUES])
}

/// What a value is sorted by: null, false, true, numbers, then texts by their first 40 bytes. Lists, objects and what
/// is not there have none and come last.
pub fn order_of(value: Option<&Value>) -> Option<Vec<u8>> {
    value
        .filter(|value| !value.is_array() && !value.is_object())
        .map(|value| kept_sort_key(&tail(value)).to_vec())
}

/// The part of a kept tail that sorts: its hash does not.
pub fn kept_sort_key(tail: &[u8]) -> &[u8] {
    let is_hashed = tail.first() == Some(&TEXT) && tail.len() > 1 + TEXT_BYTES;
    if is_hashed { &tail[..=TEXT_BYTES] } else { tail }
}
