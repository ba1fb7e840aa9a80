//! How callers name things: ids may be shortened to any prefix that means one thing, `@last` is the newest run that is
//! nobody's child, and an id of the wrong kind is understood and said so.

use crate::drivers::driver::ActionRef;
use crate::engine::event::{ActionId, RunId};
use crate::operations::Hint;
use crate::operations::error::{Error, Kind, nearest};
use crate::operations::time::rfc3339;
use crate::operations::{Context, Project};
use crate::store::journal::{ActionFilter, ActionRow, RunFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::str::FromStr;

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(pub String);

        impl FromStr for $name {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self(text.to_owned()))
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

name_type! {
    /// A run by its id, a prefix of it, or `@last`.
    RunName
}
name_type! {
    /// An action by its id, a prefix of it, or the run it is the only action of.
    ActionName
}
name_type! {
    /// A workflow by its name in the catalogue, or a path of a YAML file.
    WorkflowName
}
name_type! {
    /// A pattern by its name, or a path of a YAML file.
    PatternName
}
name_type! {
    /// A prompt by its name, or a path of a YAML file.
    PromptName
}
name_type! {
    /// A work item by its id, or a prefix of it.
    WorkItemName
}
name_type! {
    /// A project by its name or id.
    ProjectName
}

const LAST: &str = "@last";
/// How many runs are looked at together.
const PAGE: usize = 50;
/// How many candidates an ambiguous prefix is told with.
const SHOWN_MAX: usize = 5;

/// The run that is meant.
pub fn run(context: &Context, project: &Project, name: &RunName) -> Result<RunId, Error> {
    let text = name.as_str().trim();
    if let Some(run) = run_by_prefix(project, text)? {
        return Ok(run);
    }
    if let Some((action, _)) = split_action(text)
        && let Some(run) = project.journal.action_run(&action)?
    {
        context.note(format!("`{text}` is an action; this is its run, {run}"));
        return Ok(run);
    }
    Err(run_not_found(project, text))
}

/// The action that is meant, with the generation that the caller named.
pub fn action(context: &Context, project: &Project, name: &ActionName) -> Result<ActionRef, Error> {
    let text = name.as_str().trim();
    if let Some((action, generation)) = split_action(text) {
        if let Some(run) = project.journal.action_run(&action)? {
            return Ok(ActionRef { run, action, generation });
        }
        let open = project.journal.actions(&ActionFilter::default())?;
        let begins: Vec<&ActionRow> =
            open.iter().filter(|row| row.action.as_str().starts_with(action.as_str())).collect();
        match begins.as_slice() {
            [] => {}
            [row] => return Ok(ActionRef { run: row.run.clone(), action: row.action.clone(), generation }),
            rows => return Err(ambiguous(text, rows.iter().map(|row| row.action.to_string()).collect())),
        }
    }
    if let Some(run) = run_by_prefix(project, text)? {
        return only_action(context, project, &run, text);
    }
    Err(action_not_found(project, text))
}

/// A run id stands for its action where it has exactly one, those of its parts included.
fn only_action(context: &Context, project: &Project, run: &RunId, text: &str) -> Result<ActionRef, Error> {
    let mut open = Vec::new();
    for part in project.journal.family(run)?.into_iter().filter(|part| part.ended_at.is_none()) {
        let filter = ActionFilter { run: Some(part.run), ..ActionFilter::default() };
        open.extend(project.journal.actions(&filter)?);
    }
    match open.as_slice() {
        [row] => {
            if !text.starts_with('@') {
                context.note(format!("`{text}` is a run; its only action is {}", shown(row)));
            }
            Ok(ActionRef { run: row.run.clone(), action: row.action.clone(), generation: None })
        }
        [] => {
            let report = project.driver()?.describe(run)?;
            let kind = if report.status.is_end() { Kind::Ended } else { Kind::Conflict };
            Err(Error::new(
                kind,
                format!("run {run} has no pending action: it is {}", report.status.as_str()),
            )
            .hint(Hint::call("see what it does", "get_workflow_status").with("run", run.as_str())))
        }
        rows => Err(Error::new(
            Kind::InvalidInput,
            format!("run {run} has {} pending actions: name one", rows.len()),
        )
        .hint(rows.iter().map(shown).collect::<Vec<_>>().join(", "))),
    }
}

/// `k7f3-2`, as an action is shown.
pub fn shown(row: &ActionRow) -> String {
    format!("{}-{}", row.action, row.generation)
}

fn split_action(text: &str) -> Option<(ActionId, Option<u32>)> {
    if text.is_empty() || text.starts_with('@') || text.starts_with("r-") {
        return None;
    }
    match text.rsplit_once('-') {
        Some((id, generation)) => {
            generation.parse().ok().map(|generation| (ActionId::new(id), Some(generation)))
        }
        None => Some((ActionId::new(text), None)),
    }
}

/// The newest run that somebody started: a child is part of its parent.
fn newest(project: &Project) -> Result<RunId, Error> {
    let mut filter = RunFilter { limit: Some(PAGE), ..RunFilter::default() };
    loop {
        let rows = project.journal.runs(&filter)?;
        if let Some(row) = rows.iter().find(|row| row.parent.is_none()) {
            return Ok(row.run.clone());
        }
        filter.before = rows.last().map(|row| row.run.clone());
        if filter.before.is_none() {
            return Err(Error::new(Kind::NotFound, "there is no run in this project yet")
                .hint(Hint::call("start one", "start_workflow").with("workflow", "FILE")));
        }
    }
}

fn run_by_prefix(project: &Project, text: &str) -> Result<Option<RunId>, Error> {
    if text == LAST {
        return newest(project).map(Some);
    }
    if text.is_empty() {
        return Ok(None);
    }
    let with_mark = if text.starts_with("r-") { text.to_owned() } else { format!("r-{text}") };
    let mut found = project.journal.runs_by_prefix(&with_mark, SHOWN_MAX + 1)?;
    if found.is_empty() && with_mark != text {
        found = project.journal.runs_by_prefix(text, SHOWN_MAX + 1)?;
    }
    if let Some(exact) = found.iter().find(|run| run.as_str() == text || run.as_str() == with_mark) {
        return Ok(Some(exact.clone()));
    }
    match found.len() {
        0 => Ok(None),
        1 => Ok(found.pop()),
        _ => Err(ambiguous(text, found.iter().map(ToString::to_string).collect())),
    }
}

fn ambiguous(text: &str, mut candidates: Vec<String>) -> Error {
    let more = if candidates.len() > SHOWN_MAX { " and more" } else { "" };
    candidates.truncate(SHOWN_MAX);
    Error::input(format!("`{text}` could mean {}{more}", candidates.join(", "))).hint("write more of the id")
}

fn run_not_found(project: &Project, text: &str) -> Error {
    if let Ok(Some(gone)) = project.maintenance.removed(&RunId::new(text)) {
        let when = rfc3339(gone.removed_at);
        let message = format!(
            "run {text} ({}, {}) was pruned at {when} by {}",
            gone.workflow, gone.status, gone.removed_by
        );
        return Error::new(Kind::NotFound, message);
    }
    let recent =
        project.journal.runs(&RunFilter { limit: Some(200), ..RunFilter::default() }).unwrap_or_default();
    let near = nearest(text, recent.iter().map(|row| row.run.as_str()));
    let error = Error::not_found("run", text);
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(Hint::call(format!("see the runs of project {}", project.row.name), "list_runs")),
    }
}

fn action_not_found(project: &Project, text: &str) -> Error {
    let open = project.journal.actions(&ActionFilter::default()).unwrap_or_default();
    let shown: Vec<String> = open.iter().map(shown).collect();
    Error::not_found("action", text)
        .suggest(text, shown.iter().map(String::as_str))
        .hint(Hint::call("see what waits, in all projects", "list_pending_actions"))
}
