//! The action that a caller named, as part of its run's report: what a dialog shows before it asks.

use crate::engine::status::RunReport;
use crate::operations::error::Kind;
use crate::operations::{ActionName, Context, Error, Hint, reference};

/// The run's report with this one action only.
pub fn find(context: &Context, name: &ActionName) -> Result<RunReport, Error> {
    let project = context.project()?;
    let wanted = reference::action(context, project, name)?;
    let mut report = project.driver()?.describe(&wanted.run)?;
    let is_wanted = |shown: &str| shown.rsplit_once('-').is_some_and(|(id, _)| id == wanted.action.as_str());
    report.actions.retain(|action| is_wanted(&action.action_id));
    if report.actions.is_empty() {
        return Err(Error::new(Kind::Conflict, format!("action {} no longer waits", wanted.action))
            .hint(Hint::call("see what became of it", "get_run_log").with("run", wanted.run.as_str())));
    }
    Ok(report)
}
