//! The log of a run, a line an event.

use crate::faces::cli::render::table::visible_lines;
use crate::faces::cli::render::{View, with};
use crate::operations::millis;
use crate::operations::report::LogLine;
use crate::operations::runs::RunLog;
use serde_json::Value;

pub fn run_log(value: &Value, view: &View) -> String {
    with(value, view, |log: RunLog, view| log.lines.iter().map(|entry| line(entry, view)).collect())
}

pub fn log_line(entry: &LogLine, view: &View) -> String {
    line(entry, view)
}

pub fn line(entry: &LogLine, view: &View) -> String {
    let paint = view.paint;
    let mark = match entry.event.as_str() {
        "finished" | "check_passed" => paint.green("✓"),
        "failed" | "check_failed" | "interrupted" | "refused" | "timed_out" => paint.red("✗"),
        "opened" | "paused" | "cancel_requested" => paint.yellow("•"),
        _ => paint.dim("·"),
    };
    let number = format!("{:>4}", entry.seq);
    let step = entry.step.as_deref().map(|step| format!("{}: ", paint.bold(step))).unwrap_or_default();
    let text = visible_lines(&entry.text).replace('\n', "\n        ");
    format!("{} {}  {mark} {step}{text}\n", paint.dim(&number), paint.dim(&clock(&entry.at)))
}

/// `10:20:05.123`, in universal time as the rest of the log is.
fn clock(at: &str) -> String {
    match millis(at) {
        Some(_) => at.split_once('T').map_or(at, |(_, time)| time.trim_end_matches('Z')).to_owned(),
        None => at.to_owned(),
    }
}
