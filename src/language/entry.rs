//! The ways in: a document as it was written, or the plan it comes to.

use super::diagnostic::{Diagnostic, code, tidy};
use super::lower::{Library, lower, trial};
use super::model::Document;
use super::plan::{Plan, Trial};
use super::prompt::{Prompt, resolve};
use super::source::{Source, Span};
use super::{reader, yaml};

/// A document as far as it can be told by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// There whenever the text is YAML and its kind is known, however much is wrong with it.
    pub document: Option<Document>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A document together with what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    pub document: Option<Document>,
    /// Of a workflow or pattern without errors.
    pub plan: Option<Plan>,
    /// Of a prompt document without errors.
    pub prompt: Option<Prompt>,
    /// Of a test without errors.
    pub trial: Option<Trial>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Examined {
    /// What has an error comes to nothing.
    pub(super) fn forget_if_wrong(&mut self) {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            (self.plan, self.prompt, self.trial) = (None, None, None);
        }
    }
}

/// Reads any kind of document.
pub fn read(source: &Source) -> Reading {
    let mut diagnostics = Vec::new();
    let document =
        yaml::parse(source, &mut diagnostics).and_then(|root| reader::read(&root, &mut diagnostics));
    tidy(&mut diagnostics);
    Reading { document, diagnostics }
}

/// Reads any kind of document and resolves what it refers to.
pub fn examine(source: &Source, library: &dyn Library) -> Examined {
    let Reading { document, mut diagnostics } = read(source);
    let plan = document.as_ref().and_then(|document| lower(document, source, library, &mut diagnostics));
    let prompt = match &document {
        Some(Document::Prompt(document)) => Some(resolve(document, source, library, &mut diagnostics)),
        _ => None,
    };
    let trial = match &document {
        Some(Document::Test(document)) => trial(document, source, library, &mut diagnostics),
        _ => None,
    };
    tidy(&mut diagnostics);
    let mut examined = Examined { document, plan, prompt, trial, diagnostics };
    examined.forget_if_wrong();
    examined
}

/// The plan of a workflow, where nothing is wrong with it.
pub fn plan(source: &Source, library: &dyn Library) -> (Option<Plan>, Vec<Diagnostic>) {
    let Examined { document, plan, mut diagnostics, .. } = examine(source, library);
    match document {
        Some(Document::Workflow(_)) | None => (plan, diagnostics),
        Some(other) => {
            let message = format!("This is a {}, and only workflows can be run.", other.kind());
            let finding = Diagnostic::new(&code::NOT_A_WORKFLOW, Span::at(0), message);
            diagnostics.push(finding.help(match other {
                Document::Pattern(_) => "apply it to an entity: `wfmcp patterns apply PATTERN ENTITY`",
                _ => "name a workflow",
            }));
            (None, diagnostics)
        }
    }
}
