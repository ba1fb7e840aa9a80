//! The prompt documents a plan takes along, with the ones they extend.

use super::workflow::Lowering;
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::{Document, InputEntry, PromptDocument};
use crate::language::plan::{PromptMessage, PromptText};
use crate::language::reader::nearest;
use crate::language::source::Source;
use crate::language::yaml::Text;
use std::collections::BTreeMap;

/// How long a chain of prompts that extend each other may be.
const CHAIN_MAX: usize = 16;

pub(super) fn take_along(name: &Text, lowering: &mut Lowering<'_, '_>) {
    if lowering.prompts.contains_key(&**name) {
        return;
    }
    match resolve(name, lowering) {
        Ok(text) => {
            lowering.prompts.insert(name.to_string(), text);
        }
        Err((message, help)) => {
            lowering.diagnostics.push(Diagnostic::new(&code::UNKNOWN_PROMPT, name.span, message).help(help));
        }
    }
}

fn resolve(name: &str, lowering: &Lowering<'_, '_>) -> Result<PromptText, (String, String)> {
    let (source, document) = load(name, lowering.source.name(), lowering)?;
    let mut messages: Vec<PromptMessage> = document
        .messages
        .iter()
        .map(|message| PromptMessage { role: message.role.clone(), text: message.text.to_string() })
        .collect();
    if messages.is_empty()
        && let Some(variant) = document.variants.first()
    {
        messages.push(user(variant.text.to_string()));
    }
    let mut defaults: serde_json::Map<_, _> = defaults(&document.arguments).collect();
    let mut parents = BTreeMap::new();
    if document.extends.is_some() {
        messages = vec![user(extending(&document))];
    }
    let mut from = source;
    let mut child = document;
    while let Some(parent) = child.extends.clone() {
        if parents.contains_key(&*parent) || parents.len() >= CHAIN_MAX || *parent == *name {
            let message = format!("The prompt `{name}` extends itself, by way of `{}`.", &*parent);
            return Err((message, "take one of the `extends` out".to_owned()));
        }
        let (source, document) = load(&parent, from.name(), lowering)?;
        parents.insert(parent.to_string(), extending(&document));
        for (argument, value) in self::defaults(&document.arguments) {
            defaults.entry(argument).or_insert(value);
        }
        (from, child) = (source, document);
    }
    Ok(PromptText { messages, defaults, parents })
}

fn load(
    name: &str,
    from: &str,
    lowering: &Lowering<'_, '_>,
) -> Result<(Source, PromptDocument), (String, String)> {
    let library = lowering.loader.library;
    let Some(source) = library.prompt(name, from) else {
        let names = library.names();
        let help = nearest(name, names.iter().map(String::as_str)).map_or_else(
            || "write the name of a document of `kind: prompt`, or a path relative to this file".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err((format!("There is no prompt `{name}`."), help));
    };
    let reading = crate::language::read(&source);
    let mend = format!("mend it first: `wfmcp validate {}`", source.name());
    if let Some(error) = reading.diagnostics.iter().find(|finding| finding.is_error()) {
        let line = source.position(error.span.start).line;
        return Err((format!("The prompt `{name}` cannot be used: line {line}: {}", error.message), mend));
    }
    match reading.document {
        Some(Document::Prompt(document)) => Ok((source, document)),
        Some(other) => {
            Err((format!("`{name}` is a {}, not a prompt.", other.kind()), "name a prompt".to_owned()))
        }
        None => Err((format!("The prompt `{name}` cannot be read."), mend)),
    }
}

/// The template of a document: its text, or the blocks it fills in the one it extends.
fn extending(document: &PromptDocument) -> String {
    let head = document
        .extends
        .iter()
        .map(|parent| format!("{{% extends {} %}}", serde_json::Value::String(parent.to_string())));
    let text = document.messages.iter().map(|message| message.text.to_string());
    let blocks =
        document.blocks.iter().map(|(name, text)| format!("{{% block {name} %}}{text}{{% endblock %}}"));
    head.chain(text).chain(blocks).collect()
}

fn user(text: String) -> PromptMessage {
    PromptMessage { role: "user".to_owned(), text }
}

fn defaults(arguments: &[InputEntry]) -> impl Iterator<Item = (String, serde_json::Value)> {
    arguments
        .iter()
        .filter_map(|argument| Some((argument.name.to_string(), argument.schema.get("default")?.to_json())))
}
