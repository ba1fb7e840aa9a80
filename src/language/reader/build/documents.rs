//! Prompts and tests.

use super::workflow::schemas;
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::{Case, Message, PromptDocument, TestDocument, Variant};
use crate::language::reader::fields::Fields;
use crate::language::reader::keys::{CASE, MESSAGE, PROMPT, TEST, VARIANT};
use crate::language::yaml::{Kind, Node};

pub(super) fn prompt(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> PromptDocument {
    let fields = Fields::of(node, &PROMPT);
    let message = |node: &Node| {
        let fields = Fields::of(node, &MESSAGE);
        let role = fields.text("role").map_or_else(|| "user".to_owned(), |role| role.to_string());
        Some(Message { role, text: fields.text("text")? })
    };
    let variant = |node: &Node| {
        let fields = Fields::of(node, &VARIANT);
        Some(Variant {
            name: fields.text("name")?,
            weight: fields.number("weight").unwrap_or(1.0),
            text: fields.text("text"),
            blocks: fields.scalar_pairs("blocks"),
        })
    };
    let is_empty = |node: &Node| matches!(&node.kind, Kind::Sequence(items) if items.is_empty());
    let has_words = ["text", "messages", "variants", "extends"]
        .iter()
        .any(|key| fields.get(key).is_some_and(|node| !is_empty(node)));
    if !has_words {
        let span = node.entry("name").map_or(node.span, |entry| entry.key.span);
        let message = "The prompt says nothing: `text`, `messages`, `variants` or `extends` is missing.";
        diagnostics
            .push(Diagnostic::new(&code::MISSING_KEY, span, message).help("add `text:` with what it says"));
    }
    PromptDocument {
        node: node.clone(),
        name: fields.text("name"),
        version: fields.scalar("version"),
        description: fields.text("description"),
        tags: fields.texts("tags"),
        category: fields.text("category"),
        arguments: schemas(fields, "arguments"),
        extends: fields.text("extends"),
        blocks: fields.scalar_pairs("blocks"),
        text: fields.text("text"),
        messages: fields.items("messages").iter().filter_map(message).collect(),
        variants: fields.items("variants").iter().filter_map(variant).collect(),
    }
}

pub(super) fn test(node: &Node) -> TestDocument {
    let fields = Fields::of(node, &TEST);
    TestDocument {
        node: node.clone(),
        name: fields.text("name"),
        description: fields.text("description"),
        workflow: fields.text("workflow"),
        clock: fields.text("clock"),
        cases: fields.items("cases").iter().map(case).collect(),
    }
}

fn case(node: &Node) -> Case {
    let fields = Fields::of(node, &CASE);
    Case {
        span: node.span,
        name: fields.text("name"),
        inputs: fields.pairs("inputs"),
        env: fields.scalar_pairs("env"),
        clock: fields.text("clock"),
        target: fields.mapping("target").cloned(),
        cancel_after_ms: fields.duration_ms("cancel"),
        answers: fields.pairs("answers"),
        expect: fields.mapping("expect").cloned(),
    }
}
