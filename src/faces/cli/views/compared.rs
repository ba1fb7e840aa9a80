//! Two runs beside each other, and a run beside what would be decided today.

use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::when::between;
use crate::faces::cli::render::{View, with};
use crate::operations::runs::{Replay, RunDifference, RunSide, RunsDiff};
use serde_json::Value;
use std::fmt::Write;

/// Characters of a value that are shown.
const SHOWN_MAX: usize = 300;

pub fn runs(value: &Value, view: &View) -> String {
    with(value, view, |diff: RunsDiff, view| {
        let paint = view.paint;
        let side = |mark: String, side: &RunSide| {
            let took = side.took_ms.map(|ms| between(0, ms));
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
            let ms = |ms: i64| between(0, ms);
            let _ = writeln!(text, "  {}  {} → {}", visible(&times.step), ms(times.a_ms), ms(times.b_ms));
        }
        text
    })
}

/// What was done, in its order, and what would be decided otherwise.
pub fn replay(value: &Value, view: &View) -> String {
    with(value, view, |replay: Replay, view| {
        let paint = view.paint;
        let mut text = String::new();
        for command in &replay.commands {
            let _ = writeln!(text, "{} {}", paint.bold(&visible(&command.step)), paint.dim(&command.kind));
            for line in command.text.lines() {
                let _ = writeln!(text, "    {}", visible(line));
            }
        }
        for found in &replay.differences {
            let step = found.step.as_deref().map(|step| format!("{}: ", visible(step))).unwrap_or_default();
            let _ =
                writeln!(text, "{} event {}, {step}{}", paint.red("✗"), found.seq, visible(&found.recorded));
            let _ = writeln!(text, "    today: {}", visible(&found.today));
        }
        let decisions = replay.decisions;
        let verdict = if replay.same {
            format!("{} {decisions} decisions, each of them taken again", paint.green("✓"))
        } else {
            format!(
                "{} {} of {decisions} decisions would be other ones",
                paint.red("✗"),
                replay.differences.len()
            )
        };
        let _ = writeln!(text, "{verdict}; nothing was done");
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
