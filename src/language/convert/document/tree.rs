//! Values with comments between them.

use crate::language::yaml::{Kind, Node, Primitive};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) enum Tree {
    /// A number, `true`, `null`: written as it is.
    Plain(String),
    Text(String),
    List(Vec<Entry>),
    Map(Vec<Entry>),
    /// A list or mapping that is written in one line if it fits into one.
    Flow(Box<Tree>),
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) struct Entry {
    /// Of a mapping.
    pub key: Option<String>,
    pub comments: Vec<String>,
    pub value: Tree,
    pub mark: Option<Mark>,
}

/// What a part of the text came from, to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::language::convert) enum Mark {
    Step(usize),
    /// A key of the document, or an entry of one.
    Top(String, Option<String>),
}

impl Entry {
    pub(in crate::language::convert) fn new(key: impl Into<String>, value: Tree) -> Self {
        Self { key: Some(key.into()), comments: Vec::new(), value, mark: None }
    }

    pub(in crate::language::convert) fn item(value: Tree) -> Self {
        Self { key: None, comments: Vec::new(), value, mark: None }
    }

    pub(in crate::language::convert) fn mark(mut self, mark: Mark) -> Self {
        self.mark = Some(mark);
        self
    }

    pub(in crate::language::convert) fn comments(mut self, comments: Vec<String>) -> Self {
        self.comments = comments;
        self
    }
}

impl Tree {
    pub(in crate::language::convert) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(in crate::language::convert) fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        flow(Self::List(texts.into_iter().map(|text| Entry::item(Self::text(text))).collect()))
    }

    pub(in crate::language::convert) fn map<K: Into<String>>(
        entries: impl IntoIterator<Item = (K, Tree)>,
    ) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    /// A mapping with one more entry.
    pub(in crate::language::convert) fn with(self, key: &str, value: Tree) -> Self {
        match self {
            Self::Map(mut entries) => {
                entries.push(Entry::new(key, value));
                Self::Map(entries)
            }
            Self::Flow(inner) => flow(inner.with(key, value)),
            other => other,
        }
    }
}

pub(in crate::language::convert) fn flow(tree: Tree) -> Tree {
    Tree::Flow(Box::new(tree))
}

pub(in crate::language::convert) fn from_json(value: &Value) -> Tree {
    match value {
        Value::String(text) => Tree::text(text),
        Value::Array(items) => {
            flow(Tree::List(items.iter().map(|item| Entry::item(from_json(item))).collect()))
        }
        Value::Object(map) => flow(Tree::map(map.iter().map(|(key, value)| (key, from_json(value))))),
        other => Tree::Plain(other.to_string()),
    }
}

/// A value of the source as it is, its texts through a function.
pub(in crate::language::convert) fn from_node(node: &Node, text: &mut dyn FnMut(&str) -> String) -> Tree {
    match &node.kind {
        Kind::Sequence(items) => {
            flow(Tree::List(items.iter().map(|item| Entry::item(from_node(item, text))).collect()))
        }
        Kind::Mapping(entries) => flow(Tree::map(
            entries.iter().map(|entry| (entry.key.to_string(), from_node(&entry.value, text))),
        )),
        Kind::Scalar(scalar) => match scalar.value {
            Primitive::Text | Primitive::OutOfRange => Tree::Text(text(&scalar.text)),
            _ => from_json(&scalar.to_json()),
        },
    }
}
