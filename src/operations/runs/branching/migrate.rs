//! `wfmcp runs migrate`.

use crate::drivers::driver::{self, Again, Began, Branch, Branched, Purpose};
use crate::engine::event::{Key, RunId};
use crate::engine::status::{RunReport, Status};
use crate::language::plan::{Plan, sites};
use crate::operations::inputs::{self, Asked};
use crate::operations::runs::carry;
use crate::operations::{
    Access, Aliases, Context, Error, Hint, Kind, Operation, RunName, Toolset, WorkflowName, aliases,
    documents, reference,
};
use crate::store;
use crate::store::journal::RunRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Go on with a run by an edited workflow.
///
/// What was done by a step that is as it was stays done; a new run takes the place of the old one, which ends.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrateRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// The edited workflow: its name in the catalogue, or the path of a YAML file.
    #[arg(long, value_name = "FILE|NAME")]
    pub to: WorkflowName,
    /// Change nothing: tell what would be kept, and what would be done again.
    #[serde(default)]
    #[arg(long)]
    pub dry_run: bool,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[serde(default)]
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

/// What becomes of a run under another plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// The run as it was.
    pub from: String,
    pub workflow: String,
    /// Steps that are as they were, and stay done.
    pub kept: Vec<String>,
    /// Steps that had been done, and are done again.
    pub again: Vec<String>,
    /// Steps that had been done, and are in the workflow no more.
    pub gone: Vec<String>,
    /// The run that goes on; absent with `dry_run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunReport>,
}

/// Nothing can come of a run in one of these states.
const OVER: [Status; 3] = [Status::Completed, Status::Cancelled, Status::Moved];

impl Operation for MigrateRun {
    const NAME: &'static str = "migrate_run";
    const COMMAND: &'static [&'static str] = &["runs", "migrate"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs migrate @last --to release.yaml --dry-run";
    const ALIASES: Aliases = aliases::MIGRATION;
    type Output = Migration;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<Migration, Error> {
        let project = context.project()?;
        let from = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        refuse(&project.journal.run(&from)?)?;
        let Began { plan: old, inputs, dir } = driver.beginning(&from)?;
        let plan = Arc::new(documents::plan(context, &self.to)?.plan);
        if old.pattern.is_some() || plan.pattern.is_some() {
            return Err(Error::input("a pattern that is applied is not migrated")
                .hint("cancel it, and apply it anew"));
        }
        let inputs = inputs::complete(Asked::Input, &plan.inputs, &inputs)?;
        let mut branch = Branch {
            from: from.clone(),
            again: Again::Changed,
            plan,
            inputs,
            dir,
            by: context.actor.clone(),
            purpose: Purpose::Look,
        };
        // Whoever submits in between makes another run of it: that one is looked at then.
        let (looked, run) = loop {
            branch.purpose = Purpose::Look;
            let looked = driver.branch(branch.clone()).map_err(|error| not_continued(&from, error))?;
            line_up(&from, &old, &looked)?;
            if self.dry_run {
                break (looked, None);
            }
            branch.purpose = Purpose::Continue { seen: looked.seen };
            match driver.branch(branch.clone()) {
                Err(driver::Error::Store(store::Error::Conflict { .. })) => {}
                branched => break (looked, branched.map_err(|error| not_continued(&from, error))?.run),
            }
        };
        let run =
            run.map(|run| carry(context, project, &run, context.wait(self.wait_seconds))).transpose()?;
        let names = |keys: &[Key]| keys.iter().map(ToString::to_string).collect();
        Ok(Migration {
            from: from.to_string(),
            workflow: self.to.as_str().to_owned(),
            kept: names(&looked.kept),
            again: names(&looked.again),
            gone: names(&looked.gone),
            run,
        })
    }
}

fn refuse(row: &RunRow) -> Result<(), Error> {
    let run = &row.run;
    if let Some(parent) = &row.parent {
        let message = format!("run {run} is a part of run {parent}");
        return Err(
            Error::new(Kind::Conflict, message).hint("migrate that one, or wait until this one has ended")
        );
    }
    if OVER.map(Status::as_str).contains(&row.status.as_str()) {
        let message = format!("run {run} is {}: nothing of it is left to go on with", row.status);
        return Err(Error::new(Kind::Conflict, message)
            .hint(Hint::call("fork it", "fork_run").with("run", run.to_string())));
    }
    Ok(())
}

/// What was done must stay known, and what can be taken back must stay so.
fn line_up(from: &RunId, old: &Plan, looked: &Branched) -> Result<(), Error> {
    let undo: Vec<String> =
        sites(old).into_iter().filter(|site| site.step.undo.is_some()).map(|site| site.address).collect();
    if let Some(step) = looked.gone.iter().find(|step| undo.contains(&step.address())) {
        let message = format!("{step} of run {from} can be undone, and is in the new workflow no more");
        return Err(Error::new(Kind::Conflict, message)
            .hint("leave it there under its id, with its `undo`, or cancel the run: that undoes it"));
    }
    if looked.kept.is_empty() && looked.again.is_empty() && !looked.gone.is_empty() {
        let message = format!("nothing that run {from} has done is a step of the new workflow");
        return Err(Error::new(Kind::Conflict, message)
            .hint("steps line up by their ids: keep those of what was done, or start the workflow anew"));
    }
    Ok(())
}

fn not_continued(from: &RunId, error: driver::Error) -> Error {
    match error {
        driver::Error::Conflict(message) => Error::new(Kind::Conflict, message).hint(
            Hint::call("pause the run, and migrate it once that has ended", "pause_run")
                .with("run", from.to_string()),
        ),
        other => other.into(),
    }
}
