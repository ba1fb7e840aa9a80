//! From a document, or the name of one, to the prompt it comes to.

use super::chain::{self, Unusable};
use super::{check, templates};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::lower::Library;
use crate::language::model::PromptDocument;
use crate::language::plan::{Input, PromptText};
use crate::language::source::Source;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub category: Option<String>,
    /// Its own as the author wrote them, then those of what it extends. One without a default must be given.
    pub arguments: Vec<Input>,
    pub text: PromptText,
}

/// The prompt of this name, or at this path relative to the document called `from`.
pub(in crate::language) fn find(name: &str, from: &str, library: &dyn Library) -> Result<Prompt, Unusable> {
    let (source, document) = chain::load(name, from, library)?;
    let mut diagnostics = Vec::new();
    let prompt = resolve(&document, &source, library, &mut diagnostics);
    match diagnostics.iter().find(|finding| finding.is_error()) {
        Some(error) => Err(Unusable::because(name, &source, error)),
        None => Ok(prompt),
    }
}

/// The prompt of a document; it is only worth rendering where no error is among the diagnostics.
pub(in crate::language) fn resolve(
    document: &PromptDocument,
    source: &Source,
    library: &dyn Library,
    diagnostics: &mut Vec<Diagnostic>,
) -> Prompt {
    check::alone(document, source, diagnostics);
    let chain = match chain::of(document, source.name(), library) {
        Ok(chain) => {
            check::together(&chain, source, diagnostics);
            chain
        }
        Err(Unusable { message, help }) => {
            let span = document.extends.as_ref().map_or(document.node.span, |extends| extends.span);
            diagnostics.push(Diagnostic::new(&code::UNKNOWN_PROMPT, span, message).help(help));
            vec![document.clone()]
        }
    };
    let arguments = declared(&chain);
    let owned = |text: &Option<_>| text.as_ref().map(ToString::to_string);
    Prompt {
        name: owned(&document.name).unwrap_or_default(),
        version: owned(&document.version),
        description: owned(&document.description),
        tags: document.tags.iter().map(ToString::to_string).collect(),
        category: owned(&document.category),
        text: PromptText {
            defaults: arguments
                .iter()
                .filter_map(|argument| Some((argument.name.clone(), argument.default_value()?.clone())))
                .collect(),
            ..templates::of(&chain)
        },
        arguments,
    }
}

/// The names of all arguments that a document has, where those it extends can be found.
pub(in crate::language) fn arguments(
    document: &PromptDocument,
    source: &Source,
    library: &dyn Library,
) -> Option<BTreeSet<String>> {
    let chain = chain::of(document, source.name(), library).ok()?;
    Some(declared(&chain).into_iter().map(|argument| argument.name).collect())
}

fn declared(chain: &[PromptDocument]) -> Vec<Input> {
    let mut known = BTreeSet::new();
    let declared = chain.iter().flat_map(|document| &document.arguments);
    declared
        .filter(|argument| known.insert(argument.name.to_string()))
        .map(|argument| Input { name: argument.name.to_string(), schema: argument.schema.to_json() })
        .collect()
}
