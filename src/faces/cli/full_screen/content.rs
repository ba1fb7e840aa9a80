//! What sheets say: a step in detail, an action as its holder gets it, a log, and help.

use super::sheet::Piece;
use super::text::Tone;
use crate::faces::cli::render::when::{between, left};
use crate::faces::cli::views::action_kind;
use crate::operations::millis;
use crate::operations::report::{LogLine, PendingAction, Place, Stands};
use crate::operations::yaml::to_yaml;
use serde_json::Value;
use std::fmt::Write;

/// Of one value, so many bytes are shown.
const VALUE_MAX: usize = 64 * 1024;

const HELP: &[(&str, &str)] = &[
    ("up, down, k, j", "choose a step or an entry; PageUp, PageDown, Home and End go further"),
    ("Enter", "what is chosen in detail: a run, a step with its output, what an action asks for"),
    ("left, right", "fold and unfold what is inside of a step; what has succeeded is folded by itself"),
    ("f", "follow the run: choose where it is"),
    ("l", "the log of the run"),
    ("a", "answer the action: approve or reject it, give a result, say that it can't be done"),
    ("t", "take the action, so that nobody else works on it"),
    ("g", "give the action back"),
    ("p", "pause the run: no new step starts"),
    ("r", "resume the run if it is paused, retry what failed if it has failed"),
    ("c", "cancel the run; it is asked whether that is meant"),
    ("/", "show only what has these words; kind:, role:, project: and status: name where they are"),
    ("q, Escape", "back; from the first screen, leave. Runs go on without it"),
    ("Ctrl-C", "leave at once; runs go on"),
    ("Ctrl-L", "draw the screen anew"),
];

pub fn help() -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (keys, what) in HELP {
        pieces.push(Piece::of(Tone::Strong, *keys));
        pieces.push(Piece::inside(Tone::Plain, *what));
    }
    pieces
}

/// Everything an action asks for.
pub fn packet(action: &PendingAction, now: i64) -> Vec<Piece> {
    let role = action.role.as_ref().map(|role| format!(", for {role}")).unwrap_or_default();
    let kind = format!(
        "{}{role}, step {} of run {}",
        action_kind(action.action_type),
        action.step_id,
        action.run_id
    );
    let mut pieces = vec![Piece::of(Tone::Strong, &action.title), Piece::of(Tone::Faint, kind)];
    let held = action.lease.as_ref().and_then(|lease| Some((lease, millis(&lease.until)?)));
    pieces.push(match held.filter(|(_, until)| *until > now) {
        Some((lease, until)) => {
            Piece::of(Tone::Plain, format!("held by {}, lapses {}", lease.holder, left(until, now)))
        }
        None => Piece::of(Tone::Wants, "free"),
    });
    if let Some(deadline) = action.deadline.as_deref().and_then(millis) {
        pieces.push(Piece::of(Tone::Wants, format!("its time is over {}", left(deadline, now))));
    }
    if action.instructions != action.title {
        pieces.extend([Piece::gap(), Piece::of(Tone::Plain, &action.instructions)]);
    }
    for (name, value) in &action.parameters {
        pieces.extend(titled(name, value));
    }
    for problem in &action.problems {
        let text = format!("{} expected {}, got {}", problem.pointer, problem.expected, problem.got);
        pieces.push(Piece::of(Tone::Bad, text));
    }
    if let Some(note) = &action.note {
        pieces.extend([
            Piece::gap(),
            Piece::of(Tone::Faint, "note of an earlier holder"),
            Piece::inside(Tone::Plain, note),
        ]);
    }
    pieces.extend(action.example.iter().flat_map(|example| titled("for example", example)));
    pieces.extend(action.result_schema.iter().flat_map(|schema| titled("schema of the result", schema)));
    pieces
}

/// A step: how it stands, what waits at it, and what happened there, which is its part of the log.
pub fn step(place: &Place, actions: &[PendingAction], log: &[LogLine], now: i64) -> Vec<Piece> {
    let mut pieces = vec![Piece::of(Tone::Strong, format!("{} {}", place.kind, standing(place, now)))];
    if place.attempts_max > 1 || place.attempt > 1 {
        let max = place.attempts_max.max(place.attempt);
        pieces.push(Piece::of(Tone::Faint, format!("attempt {} of {max}", place.attempt)));
    }
    if let Some(item) = &place.item {
        pieces.push(Piece::of(Tone::Plain, format!("item {item}")));
    }
    if let Some(error) = &place.error {
        pieces.push(Piece::of(Tone::Bad, error));
    }
    if let Stands::Acting { action } = &place.stands
        && let Some(action) = actions.iter().find(|other| other.action_id == *action)
    {
        pieces.push(Piece::gap());
        pieces.push(Piece::of(Tone::Cool, format!("waits: {}", action.action_id)));
        pieces.extend(packet(action, now));
    }
    if let Some(output) = log.iter().rev().find_map(outcome) {
        pieces.extend(output);
    }
    if !log.is_empty() {
        pieces.extend([Piece::gap(), Piece::of(Tone::Faint, "what happened")]);
        pieces.extend(log.iter().map(|line| event(line, "")));
    }
    pieces
}

fn standing(place: &Place, now: i64) -> String {
    let for_so_long = match (place.started_at, place.ended_at) {
        (Some(from), Some(to)) => format!(" in {}", between(from, to)),
        _ => String::new(),
    };
    match &place.stands {
        Stands::Ahead => "has not begun".to_owned(),
        Stands::Running => "is running".to_owned(),
        Stands::Checked => "is being checked".to_owned(),
        Stands::Inside => "goes on inside".to_owned(),
        Stands::Delayed { due } => format!("begins again {}", left(*due, now)),
        Stands::Waiting { event: Some(name), .. } => format!("waits for event {name}"),
        Stands::Waiting { due: Some(due), .. } => format!("goes on {}", left(*due, now)),
        Stands::Waiting { .. } => "waits".to_owned(),
        Stands::Acting { .. } => "waits for somebody".to_owned(),
        Stands::Child { run } => format!("waits for run {run}"),
        Stands::Interrupted => "was interrupted: the process that ran it died".to_owned(),
        Stands::Succeeded => format!("done{for_so_long}"),
        Stands::Failed => format!("failed{for_so_long}"),
        Stands::LeftOut => "was skipped: its condition was false".to_owned(),
        Stands::Unreached => "was skipped: a step before it failed".to_owned(),
        Stands::Cancelled => "was cancelled".to_owned(),
    }
}

/// What the end of an attempt says of what came out.
fn outcome(line: &LogLine) -> Option<Vec<Piece>> {
    let output = match line.event.as_str() {
        "finished" | "produced" => line.data.get("output")?,
        "failed" => line.data.get("error")?.get("output")?,
        _ => return None,
    };
    let fields = output.as_object()?;
    Some(
        fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .flat_map(|(name, value)| titled(name, value))
            .collect(),
    )
}

fn titled(name: &str, value: &Value) -> Vec<Piece> {
    let mut text = value.as_str().map_or_else(|| to_yaml(value), str::to_owned);
    if text.trim().is_empty() {
        return Vec::new();
    }
    if text.len() > VALUE_MAX {
        let end = (0..=VALUE_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let bytes = text.len();
        text.truncate(end);
        let _ = write!(text, "\n(the first of {bytes} bytes; all of it: wfmcp runs log --json)");
    }
    vec![Piece::gap(), Piece::of(Tone::Faint, name), Piece::inside(Tone::Plain, text)]
}

/// One event of a run.
pub fn log_line(line: &LogLine) -> Piece {
    let step = line.step.as_ref().map(|step| format!("{step}: ")).unwrap_or_default();
    event(line, &step)
}

fn event(line: &LogLine, step: &str) -> Piece {
    let tone = match line.event.as_str() {
        "finished" | "check_passed" => Tone::Good,
        "failed" | "check_failed" | "interrupted" | "refused" | "timed_out" => Tone::Bad,
        "opened" | "paused" | "cancel_requested" => Tone::Wants,
        _ => Tone::Plain,
    };
    let time = line.at.split_once('T').map_or(line.at.as_str(), |(_, time)| time.trim_end_matches('Z'));
    let text = line.text.replace('\n', "\n      ");
    Piece::of(tone, format!("{:>4} {time}  {step}{text}", line.seq))
}
