//! The report of a run.

use super::{action, log};
use crate::faces::cli::render::table::visible_lines;
use crate::faces::cli::render::when::{between, relative};
use crate::faces::cli::render::{View, bare, with};
use crate::operations::millis;
use crate::operations::report::{Queue, RunReport, Spent, Status};
use crate::operations::runs::{Execution, Migration, RunDetail};
use serde_json::Value;
use std::fmt::Write;

/// Longest value that is shown on its line.
const INLINE_MAX: usize = 400;

pub fn run_report(value: &Value, view: &View) -> String {
    with(value, view, |report: RunReport, view| report_text(&report, view))
}

pub fn migration(value: &Value, view: &View) -> String {
    with(value, view, |migration: Migration, view| {
        let mut text = String::new();
        for (what, steps) in [
            ("stay done", &migration.kept),
            ("are done again", &migration.again),
            ("are no more", &migration.gone),
        ] {
            if !steps.is_empty() {
                let _ = writeln!(text, "{} {}", view.paint.dim(&format!("{what}:")), steps.join(", "));
            }
        }
        match &migration.run {
            Some(report) => text + "\n" + &report_text(report, view),
            None => text + "nothing was changed\n",
        }
    })
}

pub fn run_detail(value: &Value, view: &View) -> String {
    with(value, view, |detail: RunDetail, view| {
        let mut text = report_text(&detail.report, view);
        let paint = view.paint;
        let _ = writeln!(text, "\n{} {}", paint.dim("started by"), detail.started_by);
        if let Some(origin) = &detail.report.made_from {
            let _ = writeln!(text, "{} {origin}", paint.dim("made from"));
        }
        if let Some(parent) = &detail.parent {
            let _ = writeln!(text, "{} {parent}", paint.dim("child of"));
        }
        for (name, label) in &detail.labels {
            let _ = writeln!(text, "{} {name}={}", paint.dim("label"), bare(label));
        }
        if !detail.log.is_empty() {
            text.push('\n');
            detail.log.iter().for_each(|line| text.push_str(&log::line(line, view)));
        }
        text
    })
}

pub fn execution(value: &Value, view: &View) -> String {
    with(value, view, |execution: Execution, view| {
        let paint = view.paint;
        let until = execution
            .estimated_completion
            .as_ref()
            .map(|end| format!(", perhaps done {}", relative(end, view)));
        format!(
            "{} {}  {}  goes on in the background{}\n\n{} wfmcp status {} --watch\n",
            paint.cyan("•"),
            paint.bold(&execution.workflow),
            execution.run_id,
            until.unwrap_or_default(),
            paint.dim("next:"),
            execution.run_id,
        )
    })
}

fn report_text(report: &RunReport, view: &View) -> String {
    let paint = view.paint;
    let (mark, state) = headline(report, view);
    let version = report.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let name = paint.bold(&report.workflow);
    let mut text = format!("{mark} {name}{version}  {}  {state}\n", paint.cyan(&report.run_id));
    let done = report.completed_steps.len();
    if !report.status.is_end() || report.status != Status::Completed {
        let current = report.current_step.as_deref().map(|step| format!(", at {step}")).unwrap_or_default();
        let _ = writeln!(text, "  {done} of {} steps done{current}", report.steps_total);
    }
    if !report.cached_steps.is_empty() {
        let _ =
            writeln!(text, "  {}", paint.dim(&format!("from the cache: {}", report.cached_steps.join(", "))));
    }
    if let Some(spent) = &report.spent {
        let _ = writeln!(text, "  {}", paint.dim(&spent_text(spent)));
    }
    if let Some(error) = &report.error {
        let step = error.step.as_deref().map(|step| format!("{step}: ")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {}",
            paint.red(&format!("{step}{}", visible_lines(&error.message).replace('\n', "\n    ")))
        );
        for hint in &error.hints {
            let _ = writeln!(text, "  {hint}");
        }
    }
    for action in &report.actions {
        text.push('\n');
        text.push_str(&action::text(action, view));
    }
    if let Some(result) = &report.result {
        text.push_str(&result_text(result, view));
    }
    if let Some(next) = report.next.as_ref().filter(|_| report.status != Status::Completed) {
        let _ = writeln!(text, "\n{} {}", paint.dim("next:"), paint.bold(next));
    }
    text
}

fn headline(report: &RunReport, view: &View) -> (String, String) {
    let paint = view.paint;
    let since = relative(&report.started_at, view);
    let took = report.ended_at.as_deref().and_then(millis).zip(millis(&report.started_at));
    let took = took.map_or(String::new(), |(end, start)| between(start, end));
    match report.status {
        Status::Completed => (paint.green("✓"), format!("completed in {took}")),
        Status::Failed => (paint.red("✗"), format!("{} after {took}", paint.red("failed"))),
        Status::Cancelled => (paint.red("✗"), format!("cancelled after {took}")),
        Status::Moved => (paint.yellow("→"), report.moved.clone().unwrap_or_else(|| "moved away".to_owned())),
        Status::Paused => (paint.yellow("•"), "paused".to_owned()),
        Status::PendingAction => (paint.yellow("•"), paint.yellow("waits for somebody")),
        Status::Waiting => {
            let until = report.due_at.as_deref().map(|due| format!(", goes on {}", relative(due, view)));
            let turn = report.queue.as_ref().map(turn_text);
            let what = turn.or(until).unwrap_or_else(|| " for an event".to_owned());
            (paint.cyan("•"), format!("waiting{what}"))
        }
        Status::Running => (paint.cyan("•"), format!("running, started {since}")),
    }
}

fn spent_text(spent: &Spent) -> String {
    let mut text = format!("asked {} times", spent.attempts);
    if spent.tokens > 0 {
        let _ = write!(text, ", {} tokens", spent.tokens);
    }
    if spent.cost > 0.0 {
        let _ = write!(text, ", cost {}", spent.cost);
    }
    text
}

fn turn_text(queue: &Queue) -> String {
    format!(" for its turn: {} of `{}` go on at once: {}", queue.limit, queue.key, queue.going.join(", "))
}

fn result_text(result: &Value, view: &View) -> String {
    let mut text = String::new();
    match result {
        Value::Object(outputs) => {
            for (name, value) in outputs {
                let _ = writeln!(text, "  {} {}", view.paint.dim(&format!("{name}:")), short(value));
            }
        }
        Value::Null => {}
        other => {
            let _ = writeln!(text, "  {}", short(other));
        }
    }
    text
}

fn short(value: &Value) -> String {
    let text = visible_lines(&bare(value));
    match text.char_indices().nth(INLINE_MAX) {
        Some((at, _)) => format!("{}… (all of it with --json)", &text[..at]),
        None => text.replace('\n', "\n    "),
    }
}
