//! The friendly start.

use super::lists;
use crate::faces::cli::commands::Overview;
use crate::faces::cli::render::{View, with};
use serde_json::Value;
use std::fmt::Write;

pub fn overview(value: &Value, view: &View) -> String {
    with(value, view, |overview: Overview, view| {
        let paint = view.paint;
        let mut text = format!(
            "{} {}: durable workflows for machines, agents and people. Project {}.\n\n",
            paint.bold("wfmcp"),
            env!("CARGO_PKG_VERSION"),
            paint.bold(&overview.project)
        );
        if overview.runs.is_empty() {
            text.push_str("Nothing is running.\n");
        } else {
            let _ = write!(text, "{}\n{}", paint.bold("Under way"), lists::runs(&overview.runs, view));
        }
        if overview.actions.is_empty() {
            text.push_str("Nothing waits for you.\n");
        } else {
            let _ = write!(
                text,
                "\n{}\n{}",
                paint.bold("Waits for somebody"),
                lists::actions(&overview.actions, view)
            );
        }
        let _ = writeln!(text, "\n{}", paint.bold("Next"));
        for next in &overview.next {
            let _ = writeln!(text, "  {next}");
        }
        text
    })
}
