//! The runs of a time, as tables and as a drawing.

use crate::faces::cli::render::plot;
use crate::faces::cli::render::table::{Tone, cell, plain, table};
use crate::faces::cli::render::when::exact;
use crate::faces::cli::render::{View, with};
use crate::operations::system::metrics::{By, Durations, Group, Measures, Took, WorkflowMetrics};
use comfy_table::Cell;
use serde_json::Value;
use std::fmt::Write;

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
    let paint = view.paint;
    let mut text = String::new();
    let mut line = |name: &str, said: String| {
        let _ = writeln!(text, "{}{said}", paint.dim(&format!("{name:<9}")));
    };
    line("from", range.to_owned());
    let children = match runs.children {
        0 => String::new(),
        some => format!(" ({some} by other runs)"),
    };
    let moved = match runs.moved {
        0 => String::new(),
        some => format!(", {some} moved away"),
    };
    line(
        "runs",
        format!(
            "{} started{children}, {} completed, {} failed, {} cancelled, {} open{moved}; failure rate {}",
            runs.started,
            runs.completed,
            runs.failed,
            runs.cancelled,
            runs.open,
            percent(totals.failure_rate),
        ),
    );
    line("", durations(run_ms));
    line(
        "steps",
        format!(
            "{} done, {} from the cache, {} failed, {} skipped, {} retried, {} interrupted",
            steps.finished, steps.cached, steps.failed, steps.skipped, steps.retries, steps.interrupted
        ),
    );
    line("", durations(step_ms));
    line(
        "actions",
        format!(
            "{} opened, {} submitted, {} refused; {} released, {} abandoned, {} lapsed: abandonment rate {}",
            actions.opened,
            actions.submitted,
            actions.refused,
            actions.released,
            actions.abandoned,
            actions.lapsed,
            percent(totals.abandonment_rate),
        ),
    );
    line(
        "time",
        format!(
            "{} working; waiting {} for agents, {} for people,",
            exact(times.working),
            exact(times.waiting_for_agents),
            exact(times.waiting_for_people),
        ),
    );
    line(
        "",
        format!("{} for a time or an event, {} for a turn", exact(times.sleeping), exact(times.queueing)),
    );
    if *usage != Took::default() {
        let Took { input_tokens, output_tokens, agent_tokens, cost } = usage;
        let models = format!("models took {input_tokens} and gave {output_tokens}");
        line("tokens", format!("{models}; agents say {agent_tokens}, cost {cost}"));
    }
    text
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
