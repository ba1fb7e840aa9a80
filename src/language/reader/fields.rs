//! Reading the fields of a checked mapping: what does not fit is passed over, since `check` has reported it.

use super::shape::Record;
use super::values::duration_ms;
use crate::language::yaml::{Kind, Node, Primitive, Text};

#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    node: &'a Node,
    record: &'static Record,
}

impl<'a> Fields<'a> {
    pub(super) fn of(node: &'a Node, record: &'static Record) -> Self {
        Self { node, record }
    }

    /// By its name or one of its aliases.
    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        let aliases = self.record.key(name).map_or(&[][..], |key| key.aliases);
        self.node.get(name).or_else(|| aliases.iter().find_map(|alias| self.node.get(alias)))
    }

    pub(super) fn text(&self, name: &str) -> Option<Text> {
        self.get(name).and_then(text)
    }

    /// Any scalar as it is written.
    pub(super) fn scalar(&self, name: &str) -> Option<Text> {
        self.get(name).and_then(scalar)
    }

    pub(super) fn texts(&self, name: &str) -> Vec<Text> {
        self.get(name).map(texts).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Node::scalar).is_some_and(|scalar| scalar.value == Primitive::Bool(true))
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)?.scalar()?.value {
            Primitive::Int(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn count(&self, name: &str) -> Option<u32> {
        self.integer(name).and_then(|value| u32::try_from(value).ok())
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.scalar()?.to_json().as_f64()
    }

    pub(super) fn duration_ms(&self, name: &str) -> Option<u64> {
        duration_ms(&self.text(name)?).ok()
    }

    pub(super) fn mapping(&self, name: &str) -> Option<&'a Node> {
        self.get(name).filter(|node| matches!(node.kind, Kind::Mapping(_)))
    }

    pub(super) fn items(&self, name: &str) -> &'a [Node] {
        self.get(name).map_or(&[], Node::items)
    }

    pub(super) fn pairs(&self, name: &str) -> Vec<(Text, Node)> {
        self.get(name).map(pairs).unwrap_or_default()
    }

    pub(super) fn scalar_pairs(&self, name: &str) -> Vec<(Text, Text)> {
        let entries = self.get(name).map_or(&[][..], Node::entries);
        entries.iter().filter_map(|entry| Some((entry.key.clone(), scalar(&entry.value)?))).collect()
    }
}

pub(super) fn pairs(node: &Node) -> Vec<(Text, Node)> {
    node.entries().iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
}

pub(super) fn text(node: &Node) -> Option<Text> {
    node.scalar().filter(|scalar| scalar.value == Primitive::Text)?;
    node.text()
}

pub(super) fn scalar(node: &Node) -> Option<Text> {
    node.scalar().filter(|scalar| scalar.value != Primitive::Null)?;
    node.text()
}

pub(super) fn texts(node: &Node) -> Vec<Text> {
    match &node.kind {
        Kind::Sequence(items) => items.iter().filter_map(text).collect(),
        _ => text(node).into_iter().collect(),
    }
}
