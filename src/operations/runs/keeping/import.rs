//! `wfmcp runs import`.

use super::arrival::{self, Bringing, Standing};
use super::place;
use crate::engine::event::{RunId, Started};
use crate::engine::status::{PendingAction, Status};
use crate::operations::projects::refuse_archived;
use crate::operations::runs::bundle::{Bundle, Checked, Form, check};
use crate::operations::{Access, Aliases, Context, Error, Hint, Kind, Operation, Project, Toolset};
use crate::store;
use crate::store::entities::Which;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Import a run that was exported, with its children, and go on with it.
///
/// Everything is checked before anything is kept. Ids, pending actions and history stay as they are; whoever held an
/// action elsewhere no longer does. A bundle holds scripts that will run here: import only what you trust.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportRun {
    /// A file made by `export_run`.
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Where its scripts start from now on; where they did before, if that is a folder here.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<String>,
    /// Go on with a copy of a run that has not ended, because the original is lost for good.
    #[arg(long)]
    pub take_over: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedRun {
    pub run_id: String,
    pub status: String,
    pub outcome: Outcome,
    /// BLAKE3 over the hashes of everything in the bundle.
    pub digest: String,
    /// How many runs it holds, children among them.
    pub runs: u64,
    /// How many events were new here.
    pub events: u64,
    /// Where its scripts start; absent where nothing was changed.
    pub dir: Option<String>,
    /// The actions that wait for somebody.
    pub actions: Vec<String>,
    /// What it needs that is not here, or may not be.
    pub missing: Vec<String>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Imported,
    /// It had left here, and goes on here again.
    CameBack,
    /// All of it was here before; nothing was changed.
    AlreadyHere,
}

impl Operation for ImportRun {
    const NAME: &'static str = "import_run";
    const COMMAND: &'static [&'static str] = &["runs", "import"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs import r-7q2mzk.wfmcp.tar --dir ~/project";
    const ALIASES: Aliases = &[("bundle", "file"), ("path", "file")];
    type Output = ImportedRun;

    fn target(&self) -> Option<&str> {
        Some(&self.file)
    }

    async fn perform(self, context: &Context) -> Result<ImportedRun, Error> {
        let project = context.project()?;
        refuse_archived(&project.row)?;
        let bundle = Bundle::open(place::open(context, &self.file)?)?;
        let checked = check(&bundle)?;
        let root = &checked[0];
        let standings = arrival::compare(project, &bundle, &checked)?;
        let outcome = match standings[0] {
            Standing::Absent => Outcome::Imported,
            Standing::Behind { .. } => Outcome::CameBack,
            Standing::Here => Outcome::AlreadyHere,
        };
        if outcome == Outcome::AlreadyHere {
            return told(context, Done { bundle: &bundle, checked: &checked, outcome, events: 0, dir: None });
        }
        self.refuse_two_carriers(&bundle, root)?;
        let dir = self.dir(context, root)?;
        let bringing = Bringing { bundle: &bundle, checked: &checked, standings: &standings };
        let events = bringing.bring(context, project, &dir)?;
        told(context, Done { bundle: &bundle, checked: &checked, outcome, events, dir: Some(dir) })
    }
}

/// What there is to tell of.
struct Done<'a> {
    bundle: &'a Bundle,
    checked: &'a [Checked],
    outcome: Outcome,
    events: u64,
    dir: Option<String>,
}

impl ImportRun {
    fn refuse_two_carriers(&self, bundle: &Bundle, root: &Checked) -> Result<(), Error> {
        let run = &root.started.run;
        match (bundle.head.form, root.is_live, self.take_over) {
            (Form::Copy, true, false) => Err(Error::new(
                Kind::Conflict,
                format!("run {run} goes on where this copy of it was made, and can't go on here too"),
            )
            .hint(format!("move it instead, over there: wfmcp runs export {run} --move"))
            .hint("or go on with the copy, if the original is lost for good: repeat this with --take-over")),
            (Form::Copy, true, true) | (_, _, false) => Ok(()),
            (_, _, true) => Err(Error::input(format!(
                "there is nothing to take over: run {run} {}",
                if bundle.head.form == Form::Moved { "was moved away over there" } else { "has ended" }
            ))
            .hint("repeat this without --take-over")),
        }
    }

    /// An absolute path; that of a folder, where anything is left to be done there.
    fn dir(&self, context: &Context, root: &Checked) -> Result<String, Error> {
        let former = &root.started.dir;
        let wanted = match &self.dir {
            Some(dir) => context.dir.join(dir),
            None => Path::new(former).to_path_buf(),
        };
        let has_ended = matches!(root.status, Status::Completed | Status::Cancelled);
        if has_ended && self.dir.is_none() {
            return Ok(former.clone());
        }
        match wanted.canonicalize() {
            Ok(dir) if dir.is_dir() => Ok(dir.display().to_string()),
            _ if self.dir.is_some() => Err(Error::input(format!("{} is no folder", wanted.display()))),
            _ => Err(Error::input(format!("its scripts start in {former}, which is no folder here"))
                .hint("say where they are to start from now on, with --dir")),
        }
    }
}

fn told(context: &Context, done: Done<'_>) -> Result<ImportedRun, Error> {
    let Done { bundle, checked, outcome, events, dir } = done;
    let project = context.project()?;
    let run = checked[0].started.run.clone();
    let report = project.driver()?.describe(&run)?;
    Ok(ImportedRun {
        run_id: run.to_string(),
        status: report.status.as_str().to_owned(),
        outcome,
        digest: bundle.digest.clone(),
        runs: checked.len() as u64,
        events,
        dir,
        actions: report.actions.iter().map(|action: &PendingAction| action.action_id.clone()).collect(),
        missing: if report.status.is_end() { Vec::new() } else { missing(project, checked)? },
        next: report.next,
    })
}

/// What the runs refer to that this project, or this machine, does not have.
fn missing(project: &Project, checked: &[Checked]) -> Result<Vec<String>, Error> {
    let mut missing = Vec::new();
    for Checked { started, secrets, .. } in checked {
        if let Some(item) = &started.work_item {
            match project.work.item(item) {
                Err(store::Error::NotFound { .. }) => {
                    missing.push(format!("work item {item}, which it serves"));
                }
                other => drop(other?),
            }
        }
        missing.extend(missing_target(project, started)?);
        missing.extend(
            secrets.iter().map(|name| format!("the secret {name}, if it is not set on this machine")),
        );
    }
    missing.sort();
    missing.dedup();
    Ok(missing)
}

fn missing_target(project: &Project, started: &Started) -> Result<Option<String>, Error> {
    let Some(applied) = &started.applied else { return Ok(None) };
    let said = |key: &str| applied.target.get(key).and_then(Value::as_str).unwrap_or_default();
    let (kind, name) = (said("type"), said("name"));
    match project.entities.entity(kind, &Which::Name(name.to_owned())) {
        Err(store::Error::NotFound { .. }) => Ok(Some(format!("{kind} {name}, to which it is applied"))),
        other => Ok(other.map(|_| None)?),
    }
}

/// Why a run of this id can't come.
pub fn taken(run: &RunId, why: &str) -> Error {
    Error::new(Kind::Conflict, format!("run {run} can't be imported: {why}"))
        .hint(Hint::call("see the one that is here", "show_run").with("run", run.to_string()))
}
