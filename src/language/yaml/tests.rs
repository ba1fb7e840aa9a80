//! The tree and its spans, core schema, limits, and texts that nobody would write.

mod hostile;
mod places;
mod values;

use super::{Node, Text, parse};
use crate::language::diagnostic::Diagnostic;
use crate::language::source::Source;

fn read(text: &str) -> (Source, Option<Node>, Vec<Diagnostic>) {
    let source = Source::new("test", text);
    let mut diagnostics = Vec::new();
    let node = parse(&source, &mut diagnostics);
    (source, node, diagnostics)
}

/// The codes that a text gets.
fn codes(text: &str) -> Vec<&'static str> {
    read(text).2.iter().map(|finding| finding.code).collect()
}

/// The one tree of a text without findings.
fn tree(text: &str) -> (Source, Node) {
    let (source, node, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{text:?}: {diagnostics:?}");
    (source, node.unwrap())
}

/// Every scalar and every key of a tree.
fn scalars(node: &Node) -> Vec<Text> {
    let mut found = Vec::new();
    node.walk(&mut |node| {
        found.extend(node.text());
        found.extend(node.entries().iter().map(|entry| entry.key.clone()));
    });
    found
}
