//! Workflows that start by themselves, and what became of their times.

use super::lists::more;
use crate::faces::cli::render::table::{self, Tone, cell, plain, table};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, with};
use crate::operations::Page;
use crate::operations::workflows::schedules::{Firing, FiringOutcome, ScheduleView};
use comfy_table::Cell;
use serde_json::Value;
use std::fmt::Write;

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<ScheduleView>, view| {
        if page.items.is_empty() {
            return "no workflow starts by itself; give one a `schedule`, such as '0 3 * * *'\n".to_owned();
        }
        let row = |one: &ScheduleView| {
            vec![
                cell(&one.workflow, Tone::Strong),
                plain(&one.cron),
                plain(&one.time_zone),
                plain(one.next_at.as_deref().map_or("never".to_owned(), |at| relative(at, view))),
                servers(one.servers),
                last(one.last.as_ref(), view),
                cell(&one.origin, Tone::Faint),
            ]
        };
        let head = ["workflow", "cron", "zone", "next", "servers", "last", "where"];
        let mut text = table(&head, page.items.iter().map(row).collect(), view);
        for one in page.items.iter().filter(|one| one.problem.is_some()) {
            let problem = one.problem.as_deref().unwrap_or_default();
            let _ = writeln!(text, "{} {}: {problem}", view.paint.red("can't be started:"), one.workflow);
        }
        if page.items.iter().any(|one| one.servers == 0) {
            let dim = view
                .paint
                .dim("without a running server of this project nothing starts: wfmcp serve --stdio");
            let _ = writeln!(text, "{dim}");
        }
        text.push_str(&more(&page, view));
        text
    })
}

pub fn firings(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<Firing>, view| {
        if page.items.is_empty() {
            return "no time of a schedule has come yet; see when one does: wfmcp workflows schedules\n"
                .to_owned();
        }
        let row = |one: &Firing| {
            vec![
                cell(&one.workflow, Tone::Strong),
                plain(&one.slot),
                plain(relative(&one.at, view)),
                outcome(one),
                plain(if one.times > 1 { one.times.to_string() } else { String::new() }),
                plain(one.run_id.as_deref().or(one.reason.as_deref()).unwrap_or_default()),
            ]
        };
        let head = ["workflow", "time", "handled", "outcome", "times", "run, or why none"];
        format!("{}{}", table(&head, page.items.iter().map(row).collect(), view), more(&page, view))
    })
}

fn servers(count: usize) -> Cell {
    if count == 0 { cell("none", Tone::Bad) } else { plain(count.to_string()) }
}

fn last(firing: Option<&Firing>, view: &View) -> Cell {
    let Some(firing) = firing else { return plain("") };
    let when = relative(&firing.slot, view);
    match (firing.outcome, &firing.run_id) {
        (FiringOutcome::Started, Some(run)) => {
            plain(format!("{when}: {run} {}", firing.status.as_deref().unwrap_or("is gone")))
        }
        (FiringOutcome::Failed, _) => cell(format!("{when}: could not be started"), Tone::Bad),
        _ => plain(format!("{when}: skipped")),
    }
}

fn outcome(firing: &Firing) -> Cell {
    match firing.outcome {
        FiringOutcome::Started => table::status(firing.status.as_deref().unwrap_or("started")),
        FiringOutcome::Skipped => plain("skipped"),
        FiringOutcome::Failed => cell("failed to start", Tone::Bad),
    }
}
