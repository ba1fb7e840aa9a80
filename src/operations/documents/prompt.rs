//! From a name to a prompt that can be rendered, or to everything that is wrong with its document.

use super::find::{Document, find};
use super::finding::{Finding, findings};
use super::plan::{examine, invalid};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model;
use crate::language::prompt::Prompt;
use crate::language::source::{Source, Span};
use crate::operations::{Context, Error, PromptName};

/// A prompt that can be rendered.
pub struct Prompted {
    pub document: Document,
    pub prompt: Prompt,
}

pub fn prompt(context: &Context, name: &PromptName) -> Result<Prompted, Error> {
    let document = find(context, "prompt", name.as_str())?;
    let (prompt, _) = prompt_text(context, &document.shown(context), &document.text)?;
    Ok(Prompted { document, prompt })
}

/// The prompt of a text, with its warnings.
pub fn prompt_text(context: &Context, shown: &str, text: &str) -> Result<(Prompt, Vec<Finding>), Error> {
    let source = Source::new(shown, text);
    let mut examined = examine(context, &source);
    let kind = examined.document.as_ref().map(model::Document::kind);
    if let Some(other) = kind.filter(|kind| *kind != "prompt") {
        let message = format!("This is a {other}, not a prompt.");
        let finding = Diagnostic::new(&code::UNKNOWN_PROMPT, Span::at(0), message);
        examined.diagnostics = vec![finding.help("name a document that says `kind: prompt`")];
    }
    let findings = findings(&source, &examined.diagnostics);
    match examined.prompt {
        Some(prompt) => Ok((prompt, findings)),
        None => Err(invalid(shown, findings)),
    }
}
