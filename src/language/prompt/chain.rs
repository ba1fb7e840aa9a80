//! The documents that a prompt extends, one after the other.

use super::check;
use crate::language::diagnostic::Diagnostic;
use crate::language::lower::Library;
use crate::language::model::{Document, PromptDocument};
use crate::language::reader::nearest;
use crate::language::source::Source;

/// How long a chain of prompts that extend each other may be.
const CHAIN_MAX: usize = 16;

/// Why a prompt can't be used, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::language) struct Unusable {
    pub(in crate::language) message: String,
    pub(in crate::language) help: String,
}

impl Unusable {
    pub(super) fn because(name: &str, source: &Source, error: &Diagnostic) -> Self {
        let line = source.position(error.span.start).line;
        Self {
            message: format!("The prompt `{name}` cannot be used: line {line}: {}", error.message),
            help: format!("mend it first: `wfmcp validate {}`", source.name()),
        }
    }
}

/// The document itself first, the one that extends nothing last.
pub(super) fn of(
    document: &PromptDocument,
    from: &str,
    library: &dyn Library,
) -> Result<Vec<PromptDocument>, Unusable> {
    let mut chain = vec![document.clone()];
    let mut places = vec![from.to_owned()];
    let mut child = document.clone();
    while let Some(parent) = &child.extends {
        let from = places.last().map_or(from, String::as_str);
        let is_own_name = child.name.as_ref().is_some_and(|name| **name == **parent);
        let (source, document) = match load(parent, from, library) {
            Ok(loaded) if !places.iter().any(|place| place == loaded.0.name()) => loaded,
            Err(unusable) if !is_own_name => return Err(unusable),
            Ok(_) | Err(_) => return Err(endless(&chain, parent)),
        };
        if chain.len() == CHAIN_MAX {
            return Err(Unusable {
                message: format!("More than {CHAIN_MAX} prompts extend each other."),
                help: "extend one that is nearer to the last".to_owned(),
            });
        }
        places.push(source.name().to_owned());
        chain.push(document.clone());
        child = document;
    }
    Ok(chain)
}

fn endless(chain: &[PromptDocument], parent: &str) -> Unusable {
    let names: Vec<String> =
        chain.iter().filter_map(|document| Some(document.name.as_ref()?.to_string())).collect();
    Unusable {
        message: format!("Prompts extend each other for ever: {} extends {parent}.", names.join(" extends ")),
        help: "take one of the `extends` out".to_owned(),
    }
}

/// The document of this name, as far as it is right by itself.
pub(super) fn load(
    name: &str,
    from: &str,
    library: &dyn Library,
) -> Result<(Source, PromptDocument), Unusable> {
    let Some(source) = library.prompt(name, from) else {
        let names = library.prompt_names();
        let help = nearest(name, names.iter().map(String::as_str)).map_or_else(
            || "write the name of a document of `kind: prompt`, or a path relative to this file".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Unusable { message: format!("There is no prompt `{name}`."), help });
    };
    let reading = crate::language::read(&source);
    let mut diagnostics = reading.diagnostics;
    if let Some(Document::Prompt(document)) = &reading.document {
        check::alone(document, &source, &mut diagnostics);
    }
    if let Some(error) = diagnostics.iter().find(|finding| finding.is_error()) {
        return Err(Unusable::because(name, &source, error));
    }
    match reading.document {
        Some(Document::Prompt(document)) => Ok((source, document)),
        Some(other) => Err(Unusable {
            message: format!("`{name}` is a {}, not a prompt.", other.kind()),
            help: "name a prompt".to_owned(),
        }),
        None => Err(Unusable {
            message: format!("The prompt `{name}` cannot be read."),
            help: format!("mend it first: `wfmcp validate {}`", source.name()),
        }),
    }
}
