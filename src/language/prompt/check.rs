//! What is wrong with a prompt document beyond its form: words that nobody would get, and choices that can't be made.

use crate::language::diagnostic::{Diagnostic, Severity, code};
use crate::language::expression::blocks;
use crate::language::model::PromptDocument;
use crate::language::reader::nearest;
use crate::language::source::{Source, Span};
use crate::language::yaml::Text;
use std::collections::BTreeSet;

/// What can be said of a document without those it extends.
pub(super) fn alone(document: &PromptDocument, source: &Source, diagnostics: &mut Vec<Diagnostic>) {
    variants(document, diagnostics);
    let Some(extends) = &document.extends else { return };
    if let Some(entry) = document.node.entry("messages") {
        let message = "`messages` and `extends` cannot stand in one prompt document.";
        diagnostics.push(
            Diagnostic::new(&code::CONFLICTING_KEYS, entry.key.span, message)
                .help(format!("fill the blocks of `{}`: it says who speaks", &**extends)),
        );
    }
    let variants = document.variants.iter().filter_map(|variant| variant.text.as_ref());
    for text in document.text.iter().chain(variants) {
        if let Some(at) = blocks(text).ok().and_then(|blocks| blocks.beside) {
            let message = format!("This is never said: what extends `{}` only fills its blocks.", &**extends);
            diagnostics.push(
                Diagnostic::new(&code::UNHEARD_WORDS, place(text, source, at), message)
                    .help("write it under `blocks:`, or between `{% block name %}` and `{% endblock %}`"),
            );
        }
    }
    twice(document, diagnostics);
}

fn variants(document: &PromptDocument, diagnostics: &mut Vec<Diagnostic>) {
    let mut names: Vec<&Text> = Vec::new();
    for variant in &document.variants {
        if let Some(first) = names.iter().find(|name| name.value == variant.name.value) {
            let message = format!("Two variants are called `{}`.", &*variant.name);
            diagnostics.push(
                Diagnostic::new(&code::BAD_VALUE, variant.name.span, message)
                    .help("give each a name of its own: what comes of them is counted by it")
                    .related(first.span, "the first of them"),
            );
        }
        names.push(&variant.name);
        if let Some((block, _)) = variant.blocks.first().filter(|_| document.extends.is_none()) {
            let message = "A variant has blocks to fill only where the document extends another.";
            diagnostics.push(
                Diagnostic::new(&code::MISPLACED_KEY, block.span, message)
                    .help("write its `text`, or add `extends:` with the prompt whose blocks these are"),
            );
        }
    }
    let Some(last) = names.last() else { return };
    if document.variants.iter().all(|variant| variant.weight <= 0.0) {
        let message = "No variant can be chosen: all have the weight 0.";
        diagnostics.push(
            Diagnostic::new(&code::BAD_VALUE, last.span, message).help("give one of them a weight above 0"),
        );
    }
    let says_it_all = document.variants.iter().all(|variant| variant.text.is_some());
    if let Some(entry) = document.node.entry("text").filter(|_| says_it_all) {
        let message = "The `text` is never said: each caller gets one of the `variants`.";
        diagnostics.push(
            Diagnostic::new(&code::UNHEARD_WORDS, entry.key.span, message).severity(Severity::Warning).help(
                "make it a variant, or take it out; what comes before every variant goes into `messages`",
            ),
        );
    }
}

/// A block that is filled under `blocks` and in the text has two fillings.
fn twice(document: &PromptDocument, diagnostics: &mut Vec<Diagnostic>) {
    let in_text: Vec<String> = document
        .text
        .as_ref()
        .and_then(|text| blocks(text).ok())
        .map(|blocks| blocks.names().map(str::to_owned).collect())
        .unwrap_or_default();
    let filled = document.blocks.iter().chain(document.variants.iter().flat_map(|variant| &variant.blocks));
    for (name, _) in filled.filter(|(name, _)| in_text.iter().any(|other| *other == **name)) {
        let message = format!("The block `{}` is filled in the `text`, too.", &**name);
        diagnostics
            .push(Diagnostic::new(&code::CONFLICTING_KEYS, name.span, message).help("fill it in one place"));
    }
}

/// What can be said of a document with those it extends.
pub(super) fn together(chain: &[PromptDocument], source: &Source, diagnostics: &mut Vec<Diagnostic>) {
    let Some(([document], parents @ [parent, ..])) = chain.split_at_checked(1) else { return };
    let span = document.extends.as_ref().map_or(document.node.span, |extends| extends.span);
    let varied: Vec<&str> = chain
        .iter()
        .filter(|document| !document.variants.is_empty())
        .filter_map(|document| document.name.as_deref())
        .collect();
    if let [first, second, ..] = varied.as_slice() {
        let message = format!("`{first}` and `{second}` both have variants, and a caller gets one.");
        diagnostics.push(
            Diagnostic::new(&code::CONFLICTING_KEYS, span, message)
                .help("keep the variants of one of them; a block can be filled differently in each"),
        );
    }
    let known: BTreeSet<String> = parents.iter().flat_map(blocks_of).collect();
    let mut filled: Vec<(String, Span)> = Vec::new();
    let named = document.blocks.iter().chain(document.variants.iter().flat_map(|variant| &variant.blocks));
    filled.extend(named.map(|(name, _)| (name.to_string(), name.span)));
    let variants = document.variants.iter().filter_map(|variant| variant.text.as_ref());
    for text in document.text.iter().chain(variants) {
        let outer = blocks(text).map(|blocks| blocks.outer).unwrap_or_default();
        filled.extend(outer.into_iter().map(|(name, at)| (name, place(text, source, at))));
    }
    let parent = parent.name.as_deref().unwrap_or_default();
    for (name, span) in filled.into_iter().filter(|(name, _)| !known.contains(name)) {
        let message = format!("This is never said: `{parent}` has no block `{name}`.");
        let finding = Diagnostic::new(&code::UNHEARD_WORDS, span, message);
        let all: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        diagnostics.push(match nearest(&name, known.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(span, near),
            None if all.is_empty() => {
                finding.help(format!("put `{{% block {name} %}}` into `{parent}` first"))
            }
            None => finding.help(format!("it has {}", all.join(", "))),
        });
    }
}

/// Every block that a document has or fills.
fn blocks_of(document: &PromptDocument) -> BTreeSet<String> {
    let inside = document.texts().filter_map(|text| blocks(text).ok());
    let inside = inside.flat_map(|blocks| blocks.names().map(str::to_owned).collect::<Vec<_>>());
    let filled = document.blocks.iter().chain(document.variants.iter().flat_map(|variant| &variant.blocks));
    inside.chain(filled.map(|(name, _)| name.to_string())).collect()
}

fn place(text: &Text, source: &Source, at: std::ops::Range<usize>) -> Span {
    text.spelling(source).part(at)
}
