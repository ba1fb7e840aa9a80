//! Two runs beside each other.

use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::when::exact;
use crate::faces::cli::render::{View, with};
use crate::operations::runs::{RunDifference, RunSide, RunsDiff};
use serde_json::Value;
use std::fmt::Write;

/// Characters of a value that are shown.
const SHOWN_MAX: usize = 300;

pub fn runs(value: &Value, view: &View) -> String {
    with(value, view, |diff: RunsDiff, view| {
        let paint = view.paint;
        let side = |mark: String, side: &RunSide| {
            let took = side.took_ms.and_then(|ms| u64::try_from(ms).ok()).map(exact);
            let took = took.map_or_else(String::new, |took| format!(" after {took}"));
            format!("{mark} {}  {}  {}{took}\n", paint.cyan(&side.run_id), side.workflow, side.status)
        };
        let mut text = side(paint.red("-"), &diff.a) + &side(paint.green("+"), &diff.b);
        if diff.same {
            text.push_str("\nnothing differs but ids and times\n");
        }
        for RunDifference { what, a, b } in &diff.differences {
            let _ = writeln!(text, "\n{}", paint.bold(&visible(what)));
            for (mark, value) in [(paint.red("-"), a), (paint.green("+"), b)] {
                if let Some(value) = value {
                    let _ = writeln!(text, "  {mark} {}", shown(value));
                }
            }
        }
        if !diff.times.is_empty() {
            let _ = writeln!(text, "\n{}", paint.dim("times"));
        }
        for times in &diff.times {
            let ms = |ms: i64| exact(u64::try_from(ms).unwrap_or(0));
            let _ = writeln!(text, "  {}  {} → {}", visible(&times.step), ms(times.a_ms), ms(times.b_ms));
        }
        text
    })
}

/// On one line, and not more of it than helps.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = visible(&text.replace('\n', "\\n"));
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    text.chars().take(SHOWN_MAX).collect::<String>() + "…"
}
