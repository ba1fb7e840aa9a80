//! The signs of states, and the title of a run.

use super::frame::Look;
use super::text::{Line, Tone};
use crate::faces::cli::render::screen::Letters;
use crate::faces::cli::render::when::{left, since, took};
use crate::operations::millis;
use crate::operations::report::{RunReport, Stands, Status};

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_ASCII: [&str; 4] = ["|", "/", "-", "\\"];
/// Between two pictures of it.
pub const FRAME_MS: u64 = 120;

fn spinner(look: Look) -> &'static str {
    let frame = usize::try_from(look.now / FRAME_MS.cast_signed()).unwrap_or(0);
    match look.letters {
        Letters::Unicode => SPINNER[frame % SPINNER.len()],
        Letters::Ascii => SPINNER_ASCII[frame % SPINNER_ASCII.len()],
    }
}

fn sign(look: Look, unicode: &'static str, ascii: &'static str) -> &'static str {
    if look.letters == Letters::Unicode { unicode } else { ascii }
}

pub fn mark(stands: &Stands, look: Look) -> (Tone, &'static str) {
    match stands {
        Stands::Ahead => (Tone::Faint, sign(look, "◦", ".")),
        Stands::Running | Stands::Checked | Stands::Inside => (Tone::Cool, spinner(look)),
        Stands::Delayed { .. } | Stands::Waiting { .. } | Stands::Child { .. } => {
            (Tone::Cool, sign(look, "…", "~"))
        }
        Stands::Acting { .. } => (Tone::Wants, sign(look, "•", "*")),
        Stands::Succeeded => (Tone::Good, sign(look, "✓", "+")),
        Stands::Failed | Stands::Interrupted => (Tone::Bad, sign(look, "✗", "x")),
        Stands::LeftOut | Stands::Unreached | Stands::Cancelled => (Tone::Faint, "-"),
    }
}

/// What a run is, how it stands and for how long, and how far it is.
pub fn title(report: &RunReport, project: &str, look: Look) -> Vec<Line> {
    let start = millis(&report.started_at).unwrap_or(look.now);
    let duration = report.ended_at.as_deref().and_then(millis).map(|end| took(end - start));
    let (tone, sign, state) = state(report, duration.as_deref(), start, look);
    let version = report.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let first = Line::of(tone, sign)
        .and(Tone::Strong, &format!(" {}", report.workflow))
        .and(Tone::Plain, &version)
        .and(Tone::Cool, &format!("  {}", report.run_id))
        .and(tone, &format!("  {state}"))
        .and(Tone::Faint, &format!("  {project}"));
    let at = report.current_step.as_ref().map(|step| format!(", at {step}")).unwrap_or_default();
    let done = report.completed_steps.len();
    let second = format!("  {done} of {} steps done{at}", report.steps_total);
    if look.area.rows < 8 { vec![first] } else { vec![first, Line::of(Tone::Faint, &second)] }
}

fn state(report: &RunReport, duration: Option<&str>, start: i64, look: Look) -> (Tone, &'static str, String) {
    let duration = duration.unwrap_or_default();
    let open = since(start, look.now);
    match report.status {
        Status::Running => (Tone::Cool, spinner(look), format!("running, {open}")),
        Status::PendingAction => (Tone::Wants, sign(look, "•", "*"), format!("waits for somebody, {open}")),
        Status::Waiting => {
            let due = report.due_at.as_deref().and_then(millis);
            let until =
                due.map_or("for an event".to_owned(), |due| format!("goes on {}", left(due, look.now)));
            (Tone::Cool, sign(look, "…", "~"), format!("waiting, {until}"))
        }
        Status::Paused => (Tone::Wants, sign(look, "•", "*"), format!("paused, {open}")),
        Status::Completed => (Tone::Good, sign(look, "✓", "+"), format!("completed in {duration}")),
        Status::Failed => (Tone::Bad, sign(look, "✗", "x"), format!("failed after {duration}")),
        Status::Cancelled => (Tone::Bad, sign(look, "✗", "x"), format!("cancelled after {duration}")),
    }
}
