//! The runs of a time, as tables and as a drawing.

use crate::faces::cli::render::plot;
use crate::faces::cli::render::table::{Tone, cell, plain, table};
use crate::faces::cli::render::when::exact;
use crate::faces::cli::render::{View, with, wrapped};
use crate::operations::system::metrics::{
    Actions, By, Durations, Group, Measures, Runs, Steps, Times, Took, WorkflowMetrics,
};
use comfy_table::Cell;
use serde_json::Value;
use std::fmt::Write;

/// Where what is said behind a line's name begins.
const INDENT: usize = 9;

pub fn metrics(value: &Value, view: &View) -> String {
    with(value, view, |metrics: WorkflowMetrics, view| told(&metrics, view))
}

pub fn plotted(value: &Value, view: &View) -> String {
    with(value, view, |metrics: WorkflowMetrics, view| {
        format!("{}\n{}", plot::timeline(&metrics.timeline, view), told(&metrics, view))
    })
}

fn told(metrics: &WorkflowMetrics, view: &View) -> String {
    let WorkflowMetrics { totals, groups, groups_left_out, .. } = metrics;
    let range = format!("{}  to  {}", day_and_time(&metrics.from), day_and_time(&metrics.to));
    if *totals == Measures::default() {
        return format!("no run was there from {range}; ask for another time with --since 30d\n");
    }
    let mut text = totals_of(&range, totals, view);
    if groups.is_empty() {
        return text;
    }
    text.push('\n');
    match metrics.by {
        By::Step => text.push_str(&steps(groups, view)),
        _ => text.push_str(&runs(groups, view)),
    }
    if *groups_left_out > 0 {
        let more = format!("there are {groups_left_out} more: --limit {}\n", groups.len() + groups_left_out);
        text.push_str(&view.paint.dim(&more));
    }
    text
}

fn totals_of(range: &str, totals: &Measures, view: &View) -> String {
    let Measures { runs, run_ms, steps, step_ms, actions, times, usage, .. } = totals;
    let mut text = String::new();
    let mut line = |name: &str, said: &str| {
        let lines = wrapped(said, view.width.saturating_sub(INDENT));
        for (at, line) in lines.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let _ = writeln!(text, "{}{line}", view.paint.dim(&format!("{name:<INDENT$}")));
        }
    };
    line("from", range);
    let children = match runs.children {
        0 => String::new(),
        some => format!(" ({some} by other runs)"),
    };
    let Runs { started, completed, failed, cancelled, moved, open, .. } = *runs;
    let moved = also(&[(moved, "moved away")]);
    let ends = format!("{completed} completed, {failed} failed, {cancelled} cancelled{moved}, {open} open");
    let rate = percent(totals.failure_rate);
    line("runs", &format!("{started} started{children}, {ends}; failure rate {rate}"));
    line("", &durations(run_ms));
    let Steps { finished, failed, skipped, cached, retries, interrupted } = steps;
    let others = [
        (*cached, "from the cache"),
        (*skipped, "skipped"),
        (*retries, "retried"),
        (*interrupted, "interrupted"),
    ];
    line("steps", &format!("{finished} done, {failed} failed{}", also(&others)));
    line("", &durations(step_ms));
    let Actions { opened, submitted, refused, released, abandoned, lapsed } = actions;
    if *actions != Actions::default() {
        let left =
            [(*refused, "refused"), (*released, "released"), (*abandoned, "abandoned"), (*lapsed, "lapsed")];
        let rate = percent(totals.abandonment_rate);
        let left = also(&left);
        line("actions", &format!("{opened} opened, {submitted} submitted{left}; abandonment rate {rate}"));
    }
    let Times { working, waiting_for_agents, waiting_for_people, sleeping, queueing } = *times;
    let waits = [
        (waiting_for_agents, "waiting for agents"),
        (waiting_for_people, "waiting for people"),
        (sleeping, "waiting for a time or an event"),
        (queueing, "waiting for a turn"),
    ];
    let waits = waits.iter().filter(|(ms, _)| *ms > 0).map(|(ms, what)| format!(", {} {what}", exact(*ms)));
    line("time", &format!("{} working{}", exact(working), waits.collect::<Vec<_>>().concat()));
    let Took { input_tokens, output_tokens, agent_tokens, cost } = usage;
    if *usage != Took::default() {
        let models = format!("models took {input_tokens} and gave {output_tokens}");
        line("tokens", &format!("{models}; agents say {agent_tokens}, cost {cost}"));
    }
    text
}

/// What there was any of.
fn also(counts: &[(u64, &str)]) -> String {
    let told = counts.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| format!(", {count} {what}")).collect::<Vec<_>>().concat()
}

fn runs(groups: &[Group], view: &View) -> String {
    let head = [
        head_of(groups),
        "started",
        "done",
        "failed",
        "cancelled",
        "open",
        "p50",
        "p95",
        "max",
        "fail",
        "aband.",
        "waited",
    ];
    let row = |group: &Group| {
        let Measures { runs, run_ms, times, failure_rate, abandonment_rate, .. } = &group.measures;
        vec![
            cell(name_of(group), Tone::Strong),
            count(runs.started, Tone::Plain),
            count(runs.completed, Tone::Good),
            count(runs.failed, Tone::Bad),
            count(runs.cancelled, Tone::Plain),
            count(runs.open, Tone::Wants),
            span(run_ms.p50),
            span(run_ms.p95),
            span(run_ms.max),
            plain(percent(*failure_rate)),
            plain(percent(*abandonment_rate)),
            plain(exact(times.waiting_for_agents + times.waiting_for_people)),
        ]
    };
    table(&head, groups.iter().map(row).collect(), view)
}

fn steps(groups: &[Group], view: &View) -> String {
    let head = [
        "step", "workflow", "done", "failed", "retried", "refused", "aband.", "p50", "p95", "max", "worked",
        "waited",
    ];
    let row = |group: &Group| {
        let Measures { steps, step_ms, actions, times, abandonment_rate, .. } = &group.measures;
        vec![
            cell(group.step.clone().unwrap_or_default(), Tone::Strong),
            plain(group.workflow.clone().unwrap_or_default()),
            count(steps.finished, Tone::Good),
            count(steps.failed, Tone::Bad),
            count(steps.retries, Tone::Plain),
            count(actions.refused, Tone::Plain),
            plain(percent(*abandonment_rate)),
            span(step_ms.p50),
            span(step_ms.p95),
            span(step_ms.max),
            plain(exact(times.working)),
            plain(exact(times.waiting_for_agents + times.waiting_for_people)),
        ]
    };
    table(&head, groups.iter().map(row).collect(), view)
}

fn head_of(groups: &[Group]) -> &'static str {
    match groups.first() {
        Some(Group { day: Some(_), .. }) => "day",
        Some(Group { status: Some(_), .. }) => "runs",
        _ => "workflow",
    }
}

fn name_of(group: &Group) -> String {
    let named = [&group.day, &group.status, &group.workflow];
    named.into_iter().flatten().next().cloned().unwrap_or_default()
}

/// None is no news.
fn count(number: u64, tone: Tone) -> Cell {
    if number == 0 { cell("0", Tone::Faint) } else { cell(number.to_string(), tone) }
}

fn span(ms: Option<u64>) -> Cell {
    plain(ms.map_or_else(|| "-".to_owned(), exact))
}

fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.0} %", rate * 100.0))
}

fn durations(of: &Durations) -> String {
    match (of.p50, of.p95, of.max) {
        (Some(p50), Some(p95), Some(max)) => {
            format!("half took up to {}, 95 % up to {}, the longest {}", exact(p50), exact(p95), exact(max))
        }
        _ => "none of them ended".to_owned(),
    }
}

fn day_and_time(at: &str) -> String {
    at.get(..16).map_or_else(|| at.to_owned(), |minute| minute.replace('T', " ") + " UTC")
}
