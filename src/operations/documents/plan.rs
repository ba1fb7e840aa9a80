//! From a name to a plan, or to everything that is wrong with the document.

use super::find::{Document, find};
use super::finding::{Finding, findings};
use super::library::Documents;
use crate::language;
use crate::language::plan::Plan;
use crate::language::source::Source;
use crate::operations::error::Kind;
use crate::operations::{Context, Error, WorkflowName};

/// A workflow that can be run.
pub struct Planned {
    pub document: Document,
    pub plan: Plan,
    /// What is not wrong, but could be better.
    pub findings: Vec<Finding>,
}

pub fn plan(context: &Context, name: &WorkflowName) -> Result<Planned, Error> {
    let document = find(context, "workflow", name)?;
    let (plan, findings) = plan_text(context, &document.shown(context), &document.text)?;
    Ok(Planned { document, plan, findings })
}

/// The plan of a text, with its warnings.
pub fn plan_text(context: &Context, shown: &str, text: &str) -> Result<(Plan, Vec<Finding>), Error> {
    let source = Source::new(shown, text);
    let (plan, diagnostics) = language::plan(&source, &Documents::of(context));
    let findings = findings(&source, &diagnostics);
    match plan {
        Some(plan) => Ok((plan, findings)),
        None => Err(invalid(shown, findings)),
    }
}

fn invalid(shown: &str, findings: Vec<Finding>) -> Error {
    let errors = findings.iter().filter(|finding| finding.severity == "error").count();
    let message = match errors {
        1 => format!("{shown} has an error"),
        _ => format!("{shown} has {errors} errors"),
    };
    let error = Error { findings, ..Error::new(Kind::InvalidDocument, message) };
    error.hint(format!("see all that can be said about it: wfmcp validate {shown}"))
}
