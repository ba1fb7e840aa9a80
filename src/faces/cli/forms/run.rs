//! `wfmcp run`: inputs as they are typed, missing ones asked for, and a run that is stayed with.

use super::before::previewed;
use super::{Form, moving, parsed, values};
use crate::faces::cli::attend::{FOREVER_SECONDS, attend};
use crate::faces::cli::dialog::missing_inputs;
use crate::faces::cli::session::{Outcome, Session};
use crate::operations::runs::{ExecuteWorkflow, GetWorkflowStatus, MigrateRun, ResumeRun, StartWorkflow};
use crate::operations::workflows::{GetWorkflow, PreviewRun};
use crate::operations::{Error, Kind, RunName, WorkItemName, WorkflowName};
use clap::{ArgMatches, Args};
use serde_json::{Map, Value};

pub const RUN: Form = Form::of::<Run>(&["run"], "start_workflow", perform);

#[derive(Debug, Args)]
struct Run {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME", required_unless_present_any = ["resume", "migrate"])]
    workflow: Option<WorkflowName>,
    /// The value of an input: name=value, name=@file, name:=json; a list where a name is given twice.
    #[arg(short, long, value_name = "NAME=VALUE")]
    input: Vec<String>,
    /// A JSON file with the values of the inputs; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    inputs: Option<String>,
    /// Answer at once; a process in the background carries the run.
    #[arg(short, long)]
    detach: bool,
    /// Print what it would do, each command with its values, and start nothing.
    #[arg(long = "dry-run", conflicts_with_all = ["detach", "resume", "no_cache"])]
    preview: bool,
    /// The folder its scripts start in; the present one when absent.
    #[arg(long = "in", value_name = "FOLDER")]
    dir: Option<String>,
    /// A label to find the run by: name=value.
    #[arg(long, value_name = "NAME=VALUE")]
    label: Vec<String>,
    /// The work item it serves: its status follows the run.
    #[arg(long, value_name = "ITEM")]
    work_item: Option<WorkItemName>,
    /// Take nothing from the cache; what is made is kept there all the same.
    #[arg(long)]
    no_cache: bool,
    /// Resume this paused run in place of starting one.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["workflow", "input", "inputs", "detach", "dir", "label", "work_item", "no_cache"])]
    resume: Option<RunName>,
    /// Go on with this run by the workflow of `--to` in place of starting one.
    #[arg(long, value_name = "RUN", requires = "to", conflicts_with_all = ["workflow", "input", "inputs", "detach", "dir", "label", "work_item", "no_cache", "resume"])]
    migrate: Option<RunName>,
    /// The edited workflow that a migrated run goes on by.
    #[arg(long, value_name = "FILE|NAME", requires = "migrate")]
    to: Option<WorkflowName>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let run: Run = parsed(matches)?;
    if let Some(paused) = run.resume {
        return attend(session, || {
            session.perform(ResumeRun { run: paused, wait_seconds: Some(FOREVER_SECONDS) })
        });
    }
    if let (Some(migrated), Some(to)) = (run.migrate, run.to) {
        let wait_seconds = Some(FOREVER_SECONDS);
        let migrate = MigrateRun { run: migrated, to, dry_run: run.preview, wait_seconds };
        return moving::migrated(session, migrate);
    }
    let name = run.workflow.unwrap_or_default();
    let mut inputs = values::inputs(&session.context.dir, run.inputs.as_deref(), &run.input)?;
    if session.may_ask() {
        let workflow = session.perform(GetWorkflow { workflow: name.clone() })?;
        inputs = missing_inputs(&workflow.inputs, inputs)?
            .ok_or_else(|| Error::new(Kind::Cancelled, "nothing was started"))?;
    }
    let (dir, labels, work_item, no_cache) = (run.dir, labels(&run.label)?, run.work_item, run.no_cache);
    if run.preview {
        return previewed(session, PreviewRun { workflow: name, inputs, dir, labels, work_item });
    }
    if run.detach {
        let execute = ExecuteWorkflow { workflow: name, inputs, dir, labels, work_item, no_cache };
        let begun = session.perform(execute)?;
        let status = GetWorkflowStatus { run: RunName(begun.run_id), wait_seconds: None };
        return Outcome::report(session, session.perform(status)?);
    }
    let wait_seconds = Some(FOREVER_SECONDS);
    let start = StartWorkflow { workflow: name, inputs, dir, labels, work_item, no_cache, wait_seconds };
    attend(session, || session.perform(start))
}

fn labels(pairs: &[String]) -> Result<Map<String, Value>, Error> {
    pairs
        .iter()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Error::input(format!("`{pair}` is not a label")).hint("write name=value"))?;
            Ok((name.to_owned(), Value::String(value.to_owned())))
        })
        .collect()
}
