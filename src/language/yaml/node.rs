//! The tree. Copies are cheap: containers and texts are shared, which is also what keeps alias bombs small.

use super::{Primitive, Scalar, Text};
use crate::language::source::Span;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Scalar(Scalar),
    Sequence(Arc<[Node]>),
    Mapping(Arc<[Entry]>),
}

/// Keys are texts: what else YAML allows as a key is refused when the tree is built.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: Text,
    pub value: Node,
}

impl Node {
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ => &[],
        }
    }

    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key.value == key)
    }

    /// A scalar as it was written, whatever its type.
    pub fn text(&self) -> Option<Text> {
        self.scalar().map(|scalar| Text { value: scalar.text.clone(), span: self.span, style: scalar.style })
    }

    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.value == Primitive::Null)
    }

    /// The node a JSON pointer leads to, or the deepest one on the way that exists.
    pub fn pointer(&self, pointer: &str) -> &Node {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let next = match &node.kind {
                Kind::Scalar(_) => None,
                Kind::Sequence(items) => token.parse::<usize>().ok().and_then(|at| items.get(at)),
                Kind::Mapping(_) => node.get(&token),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.to_json(),
            Kind::Sequence(items) => items.iter().map(Node::to_json).collect(),
            Kind::Mapping(_) => Value::Object(self.to_map()),
        }
    }

    /// The entries of a mapping; nothing for other kinds.
    pub fn to_map(&self) -> Map<String, Value> {
        self.entries().iter().map(|entry| (entry.key.value.to_string(), entry.value.to_json())).collect()
    }

    /// What it is, for a message: `a number`, `a list`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.value.describe(),
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// Calls back for every text of the tree, with the way to it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        visit(self);
        match &self.kind {
            Kind::Scalar(_) => {}
            Kind::Sequence(items) => items.iter().for_each(|item| item.walk(visit)),
            Kind::Mapping(entries) => entries.iter().for_each(|entry| entry.value.walk(visit)),
        }
    }
}
