//! Lists as tables.

use super::action;
use crate::faces::cli::render::table::{Tone, cell, plain, status, table};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, with};
use crate::operations::Page;
use crate::operations::report::{ActionSummary, RunSummary};
use crate::operations::runs::{ArtifactFile, Artifacts, AwaitedEvent, EventSent};
use comfy_table::Cell;
use serde_json::Value;

pub fn run_list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<RunSummary>, view| {
        if page.items.is_empty() {
            return "no runs; start one with: wfmcp run FILE\n".to_owned();
        }
        format!("{}{}", runs(&page.items, view), more(&page, view))
    })
}

/// The runs that have not ended.
pub fn unfinished_list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<RunSummary>, view| {
        if page.items.is_empty() {
            return "nothing is going on; see what was: wfmcp runs list\n".to_owned();
        }
        format!("{}{}", runs(&page.items, view), more(&page, view))
    })
}

pub fn action_list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<ActionSummary>, view| {
        if page.items.is_empty() {
            return "nothing waits for anybody\n".to_owned();
        }
        format!("{}{}", actions(&page.items, view), more(&page, view))
    })
}

pub fn artifacts(value: &Value, view: &View) -> String {
    with(value, view, |found: Artifacts, view| {
        if found.artifacts.is_empty() {
            return "nothing of it was large enough for a file of its own\n".to_owned();
        }
        let row = |file: &ArtifactFile| vec![plain(&file.name), plain(file.bytes.to_string())];
        table(&["artifact", "bytes"], found.artifacts.iter().map(row).collect(), view)
    })
}

/// The events that runs wait for.
pub fn awaited_events(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<AwaitedEvent>, view| {
        if page.items.is_empty() {
            return "no run waits for an event\n".to_owned();
        }
        let row = |wait: &AwaitedEvent| {
            vec![
                cell(&wait.event, Tone::Strong),
                plain(&wait.run_id),
                plain(&wait.workflow),
                plain(&wait.step),
                plain(wait.deadline.as_deref().map(|at| relative(at, view)).unwrap_or_default()),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        format!("{}{}", table(&["event", "run", "workflow", "step", "until"], rows, view), more(&page, view))
    })
}

pub fn event_sent(value: &Value, view: &View) -> String {
    with(value, view, |sent: EventSent, _| match sent.runs.as_slice() {
        [] => format!("no run waits for {}; see what is waited for: wfmcp events list\n", sent.event),
        [run] => format!("{} came to {run}\n", sent.event),
        runs => format!("{} came to {} runs: {}\n", sent.event, runs.len(), runs.join(", ")),
    })
}

pub fn runs(runs: &[RunSummary], view: &View) -> String {
    let row = |run: &RunSummary| -> Vec<Cell> {
        let at = run.error.clone().or_else(|| run.current_step.clone()).unwrap_or_default();
        vec![
            plain(&run.run_id),
            plain(&run.workflow),
            status(&run.status),
            plain(format!("{}/{}", run.steps_done, run.steps_total)),
            plain(at.lines().next().unwrap_or_default()),
            plain(relative(&run.started_at, view)),
        ]
    };
    table(&["run", "workflow", "status", "steps", "at", "started"], runs.iter().map(row).collect(), view)
}

pub fn actions(actions: &[ActionSummary], view: &View) -> String {
    let row = |one: &ActionSummary| -> Vec<Cell> {
        vec![
            plain(&one.action_id),
            plain(action::kind(one.action_type)),
            cell(&one.title, Tone::Strong),
            plain(&one.run_id),
            plain(&one.project),
            plain(
                one.holder
                    .clone()
                    .or_else(|| one.role.as_ref().map(|role| format!("({role})")))
                    .unwrap_or_default(),
            ),
            plain(relative(&one.created_at, view)),
        ]
    };
    table(
        &["action", "kind", "what", "run", "project", "who", "since"],
        actions.iter().map(row).collect(),
        view,
    )
}

pub fn more<T>(page: &Page<T>, view: &View) -> String {
    match &page.cursor {
        Some(cursor) if page.has_more => view.paint.dim(&format!("there is more: --cursor {cursor}\n")),
        _ => String::new(),
    }
}
