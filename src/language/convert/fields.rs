//! What is read of a document: a text, texts, a number.

use crate::language::yaml::Node;

pub(super) fn text(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::text).map(|text| text.to_string())
}

/// One text, or a list of texts.
pub(super) fn texts(node: Option<&Node>) -> Vec<String> {
    match node {
        None => Vec::new(),
        Some(node) if node.scalar().is_some() => {
            text(Some(node)).into_iter().filter(|text| !text.is_empty()).collect()
        }
        Some(node) => node.items().iter().filter_map(|item| text(Some(item))).collect(),
    }
}

pub(super) fn number(node: Option<&Node>) -> Option<f64> {
    text(node).and_then(|text| text.trim().parse().ok()).filter(|value: &f64| value.is_finite())
}
