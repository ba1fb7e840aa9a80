//! The words of a chain of documents as templates. Who speaks is said by the last document of the chain, the one that
//! extends nothing; each of its messages is extended by all the others, which fill its blocks.

use crate::language::expression::blocks;
use crate::language::model::{PromptDocument, Variant};
use crate::language::plan::{PromptMessage, PromptText, PromptVariant};
use crate::language::yaml::Text;
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn of(chain: &[PromptDocument]) -> PromptText {
    let mut weaving = Weaving { chain, parents: BTreeMap::new() };
    let varied = chain.iter().position(|document| !document.variants.is_empty());
    let (mut messages, mut variants) = (Vec::new(), Vec::new());
    match varied {
        None => messages = weaving.messages(None),
        Some(level) => {
            for variant in &chain[level].variants {
                variants.push(PromptVariant {
                    name: variant.name.to_string(),
                    weight: variant.weight,
                    messages: weaving.messages(Some(Choice { level, variant })),
                });
            }
        }
    }
    PromptText { messages, variants, parents: weaving.parents, ..PromptText::default() }
}

/// A variant, and whose it is: the place of its document in the chain.
#[derive(Clone, Copy)]
struct Choice<'a> {
    level: usize,
    variant: &'a Variant,
}

struct Weaving<'a> {
    chain: &'a [PromptDocument],
    parents: BTreeMap<String, String>,
}

impl Weaving<'_> {
    fn messages(&mut self, choice: Option<Choice<'_>>) -> Vec<PromptMessage> {
        let last = self.chain.len() - 1;
        let own = choice.filter(|choice| choice.level == last).map(|choice| choice.variant.text.as_ref());
        let spoken = &self.chain[last].messages;
        let text = own.unwrap_or(self.chain[last].text.as_ref());
        let mut messages: Vec<PromptMessage> = spoken
            .iter()
            .map(|message| PromptMessage { role: message.role.clone(), text: message.text.to_string() })
            .collect();
        messages.extend(text.map(|text| PromptMessage::of_user(text.to_string())));
        let several = messages.len() > 1;
        for (at, message) in messages.iter_mut().enumerate() {
            for level in (0..last).rev() {
                let parent = self.name(level + 1, choice, several.then_some(at));
                let text =
                    extending(&parent, &self.chain[level], choice.filter(|choice| choice.level == level));
                self.parents.insert(parent, std::mem::replace(&mut message.text, text));
            }
        }
        messages
    }

    /// What errors call a template, and what tells it from every other one.
    fn name(&self, level: usize, choice: Option<Choice<'_>>, message: Option<usize>) -> String {
        let name = |level: usize| self.chain[level].name.as_deref().unwrap_or_default();
        let mut text = name(level).to_owned();
        if (1..level).any(|other| name(other) == text) {
            let _ = write!(text, " {level}");
        }
        if let Some(choice) = choice.filter(|choice| choice.level >= level) {
            let _ = write!(text, ", variant {}", &*choice.variant.name);
        }
        if let Some(at) = message {
            let _ = write!(text, ", message {}", at + 1);
        }
        text
    }
}

fn extending(parent: &str, document: &PromptDocument, choice: Option<Choice<'_>>) -> String {
    let variant = choice.map(|choice| choice.variant);
    let own_text = variant.and_then(|variant| variant.text.as_ref());
    let own_blocks: &[(Text, Text)] = variant.map_or(&[], |variant| &variant.blocks);
    let filled: Vec<String> = own_text
        .and_then(|text| blocks(text).ok())
        .map(|blocks| blocks.names().map(str::to_owned).collect())
        .unwrap_or_default();
    let is_free =
        |name: &str| own_blocks.iter().all(|(own, _)| **own != *name) && filled.iter().all(|own| own != name);
    let inherited = document.blocks.iter().filter(|(name, _)| is_free(name));
    let mut text = format!("{{% extends {} %}}", serde_json::Value::from(parent));
    text.push_str(own_text.or(document.text.as_ref()).map_or("", |text| text));
    for (name, words) in inherited.chain(own_blocks) {
        let _ = write!(text, "{{% block {} %}}{}{{% endblock %}}", &**name, &**words);
    }
    text
}
