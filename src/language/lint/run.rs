//! Runs every rule over a document that was read.

use super::Knowledge;
use super::registry::CHECKS;
use super::survey::Survey;
use crate::language::diagnostic::{Diagnostic, Severity, tidy};
use crate::language::model::Document;
use crate::language::prompt::arguments;
use crate::language::source::Source;
use crate::language::{Examined, Library, examine};

/// What is wrong with a document beyond its form, in the order of the text.
pub fn run(document: &Document, source: &Source, knowledge: &Knowledge) -> Vec<Diagnostic> {
    let survey = Survey::of(document, source);
    let mut found = Vec::new();
    for rule in CHECKS {
        rule(&survey, knowledge, &mut found);
    }
    tidy(&mut found);
    found
}

/// Everything there is to say about a document: what reading and resolving found, and what the rules add. A plan with
/// an error is no plan, a prompt with one no prompt.
pub fn inspect(source: &Source, library: &dyn Library, knowledge: &Knowledge) -> Examined {
    let mut examined = examine(source, library);
    if let Some(document) = &examined.document {
        let arguments = match document {
            Document::Prompt(prompt) => arguments(prompt, source, library),
            _ => None,
        };
        let added = run(document, source, &Knowledge { arguments, ..knowledge.clone() });
        add(&mut examined.diagnostics, added);
    }
    examined.forget_if_wrong();
    examined
}

/// Leaves out what only repeats an error at the same words.
fn add(diagnostics: &mut Vec<Diagnostic>, added: Vec<Diagnostic>) {
    let repeats = |finding: &Diagnostic, known: &Diagnostic| {
        known.severity == Severity::Error && (known.span.contains(finding.span) || finding.span == known.span)
    };
    let added: Vec<_> = added
        .into_iter()
        .filter(|finding| !diagnostics.iter().any(|known| repeats(finding, known)))
        .collect();
    diagnostics.extend(added);
    tidy(diagnostics);
}
