//! From a name to a plan, or to everything that is wrong with the document.

use super::find::{Document, find};
use super::finding::{Finding, findings};
use super::folders::is_yaml;
use super::library::Documents;
use crate::config::Config;
use crate::language::lint::{Knowledge, inspect};
use crate::language::plan::Plan;
use crate::language::source::Source;
use crate::language::{self, Examined};
use crate::operations::error::Kind;
use crate::operations::{Context, Error, Hint, WorkflowName, registry};
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

/// The plan of a text, with its warnings.
pub fn plan_text(context: &Context, shown: &str, text: &str) -> Result<(Plan, Vec<Finding>), Error> {
    let source = Source::new(shown, text);
    let documents = Documents::of(context);
    let Examined { document, plan, mut diagnostics, .. } = examine(context, &source);
    let is_other = document.is_some_and(|document| document.workflow().is_none());
    if is_other {
        (_, diagnostics) = language::plan(&source, &documents);
    }
    let findings = findings(&source, &diagnostics);
    match plan.filter(|_| !is_other) {
        Some(plan) => Ok((plan, findings)),
        None => Err(invalid(shown, findings)),
    }
}

/// Everything there is to say about a document, by what is known here.
pub fn examine(context: &Context, source: &Source) -> Examined {
    inspect(source, &Documents::of(context), &knowledge(context))
}

fn knowledge(context: &Context) -> Knowledge {
    let servers = context.world().config().ok().map(Config::servers);
    Knowledge {
        operations: Some(registry::ROWS.iter().map(|row| row.name.to_owned()).collect()),
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
