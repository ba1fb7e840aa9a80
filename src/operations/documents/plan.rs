//! From a name to a plan, or to everything that is wrong with the document.

use super::find::{Document, candidates, find};
use super::finding::{Finding, findings};
use super::folders::is_yaml;
use super::library::Documents;
use crate::config::Config;
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::lint::{Knowledge, inspect};
use crate::language::model;
use crate::language::plan::Plan;
use crate::language::source::{Source, Span};
use crate::language::{self, Examined};
use crate::operations::error::Kind;
use crate::operations::{Context, Error, Hint, PatternName, WorkflowName, registry};
use crate::store::catalog::Listing;
use std::path::Path;

/// A workflow that can be run.
pub struct Planned {
    pub document: Document,
    pub plan: Plan,
    /// What is not wrong, but could be better.
    pub findings: Vec<Finding>,
}

pub fn plan(context: &Context, name: &WorkflowName) -> Result<Planned, Error> {
    let document = find(context, "workflow", name.as_str())?;
    let (plan, findings) = plan_text(context, &document.shown(context), &document.text)?;
    Ok(Planned { document, plan, findings })
}

/// A workflow or a pattern: what can be looked at before either is run.
pub fn workflow_or_pattern(context: &Context, name: &WorkflowName) -> Result<Planned, Error> {
    let document = find(context, "workflow", name.as_str()).or_else(|error| match error.kind {
        Kind::NotFound => find(context, "pattern", name.as_str()).map_err(|_| error),
        _ => Err(error),
    })?;
    let shown = document.shown(context);
    let read = language::read(&Source::new(&shown, &document.text));
    let is_pattern = read.document.is_some_and(|document| matches!(document, model::Document::Pattern(_)));
    let text_of = if is_pattern { pattern_text } else { plan_text };
    let (plan, findings) = text_of(context, &shown, &document.text)?;
    Ok(Planned { document, plan, findings })
}

/// The plan of a workflow's text, with its warnings.
pub fn plan_text(context: &Context, shown: &str, text: &str) -> Result<(Plan, Vec<Finding>), Error> {
    let source = Source::new(shown, text);
    let Examined { document, plan, mut diagnostics, .. } = examine(context, &source);
    let is_other = document.is_some_and(|document| !matches!(document, model::Document::Workflow(_)));
    if is_other {
        (_, diagnostics) = language::plan(&source, &Documents::of(context));
    }
    told(shown, plan.filter(|_| !is_other), findings(&source, &diagnostics))
}

/// A pattern that can be applied.
pub fn pattern(context: &Context, name: &PatternName) -> Result<Planned, Error> {
    let document = find(context, "pattern", name.as_str())?;
    let (plan, findings) = pattern_text(context, &document.shown(context), &document.text)?;
    Ok(Planned { document, plan, findings })
}

/// The plan of a pattern's text, with its warnings.
pub fn pattern_text(context: &Context, shown: &str, text: &str) -> Result<(Plan, Vec<Finding>), Error> {
    let source = Source::new(shown, text);
    let Examined { document, plan, mut diagnostics, .. } = examine(context, &source);
    if let Some(other) = document.map(|document| document.kind()).filter(|kind| *kind != "pattern") {
        let message = format!("This is a {other}, and only patterns can be applied.");
        let finding = Diagnostic::new(&code::NOT_A_WORKFLOW, Span::at(0), message);
        diagnostics = vec![finding.help("name a document that says `kind: pattern`")];
    }
    let plan = plan.filter(|plan| plan.pattern.is_some());
    told(shown, plan, findings(&source, &diagnostics))
}

fn told(shown: &str, plan: Option<Plan>, findings: Vec<Finding>) -> Result<(Plan, Vec<Finding>), Error> {
    match plan {
        Some(plan) => Ok((plan, findings)),
        None => Err(invalid(shown, findings)),
    }
}

/// Everything there is to say about a document, by what is known here.
pub fn examine(context: &Context, source: &Source) -> Examined {
    inspect(source, &Documents::of(context), &knowledge(context, source))
}

fn knowledge(context: &Context, source: &Source) -> Knowledge {
    // Looking for them opens folders and a store.
    let names_patterns = source.text().contains("_pattern");
    let names = |context: &Context| {
        let known = candidates(context, "pattern", Listing::Current).unwrap_or_default();
        known.into_iter().map(|(name, _)| name).collect()
    };
    let servers = context.world().config().ok().map(Config::servers);
    Knowledge {
        operations: Some(registry::ROWS.iter().map(|row| row.name.to_owned()).collect()),
        patterns: names_patterns.then(|| names(context)),
        servers: servers.map(|servers| servers.keys().map(|name| (name.clone(), None)).collect()),
        ..Knowledge::default()
    }
}

pub(super) fn invalid(shown: &str, findings: Vec<Finding>) -> Error {
    let errors = findings.iter().filter(|finding| finding.severity == "error").count();
    let message = match errors {
        1 => format!("{shown} has an error"),
        _ => format!("{shown} has {errors} errors"),
    };
    let error = Error { findings, ..Error::new(Kind::InvalidDocument, message) };
    if is_yaml(Path::new(shown)) {
        return error
            .hint(Hint::call("see all that can be said about it", "validate_workflow").with("files", shown));
    }
    error.hint("mend what was found, and give the whole text again")
}
