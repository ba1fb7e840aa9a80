//! A pending action: what is asked for, of whom, and how to answer.

use crate::faces::cli::render::screen::{Paint, Screen};
use crate::faces::cli::render::table::{visible, visible_lines};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, bare, with};
use crate::operations::actions::Released;
use crate::operations::report::{ActionType, PendingAction};
use serde_json::Value;
use std::fmt::Write;

pub fn pending_action(value: &Value, view: &View) -> String {
    with(value, view, |action: PendingAction, view| {
        let mut text = text(&action, view);
        let _ = writeln!(text, "\n{} {}", view.paint.dim("next:"), view.paint.bold(&how_to_submit(&action)));
        text
    })
}

/// A text as it is; where more follows, how to get it is said on a line of its own.
pub fn piece(value: &Value, view: &View) -> String {
    let text = value["text"].as_str().unwrap_or_default();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let more = match value["next_byte"].as_u64() {
        Some(next) => view.paint.dim(&format!("there is more: --from-byte {next}\n")),
        None => String::new(),
    };
    format!("{text}{end}{more}")
}

pub fn released(value: &Value, view: &View) -> String {
    with(value, view, |released: Released, _| {
        format!("{} is free again ({})\n", released.action_id, released.run_id)
    })
}

/// What a dialog says before it asks.
pub fn packet(action: &PendingAction, screen: &Screen) -> String {
    format!("\n{}", body(action, screen.err, None))
}

pub fn text(action: &PendingAction, view: &View) -> String {
    body(action, view.paint, Some(view))
}

fn body(action: &PendingAction, paint: Paint, view: Option<&View>) -> String {
    let kind = kind(action.action_type);
    let role = action.role.as_deref().map(|role| format!(" for {role}")).unwrap_or_default();
    let mut text =
        format!("{}  {kind}{role}  {}\n", paint.cyan(&action.action_id), paint.bold(&visible(&action.title)));
    for line in action.instructions.lines().filter(|_| action.instructions != action.title) {
        let _ = writeln!(text, "    {}", visible(line));
    }
    for (name, value) in &action.parameters {
        let _ = writeln!(text, "    {} {}", paint.dim(&format!("{name}:")), told(value));
    }
    for problem in &action.problems {
        let wrong = format!("{} expected {}, got {}", problem.pointer, problem.expected, problem.got);
        let _ = writeln!(text, "    {}", paint.red(&visible(&wrong)));
    }
    if let Some(note) = &action.note {
        let _ = writeln!(text, "    {} {}", paint.dim("note:"), visible(note));
    }
    if let (Some(lease), Some(view)) = (&action.lease, view) {
        let _ = writeln!(
            text,
            "    {} {}, lapses {}",
            paint.dim("held by"),
            lease.holder,
            relative(&lease.until, view)
        );
    }
    if let (Some(deadline), Some(view)) = (&action.deadline, view) {
        let _ = writeln!(text, "    {} {}", paint.dim("deadline"), relative(deadline, view));
    }
    if let (Some(example), Some(_)) = (&action.example, view) {
        let _ = writeln!(text, "    {} {example}", paint.dim("for example"));
    }
    text
}

/// A value over as many lines as it has, without what a terminal would act upon.
fn told(value: &Value) -> String {
    visible_lines(&bare(value)).replace('\n', "\n    ")
}

pub fn kind(kind: ActionType) -> &'static str {
    match kind {
        ActionType::Prompt => "prompt",
        ActionType::McpCall => "mcp call",
        ActionType::Delegate => "delegate",
        ActionType::Approval => "approval",
        ActionType::Input => "input",
        ActionType::Manual => "manual",
        ActionType::Resolve => "interrupted",
        ActionType::Review => "review",
    }
}

fn how_to_submit(action: &PendingAction) -> String {
    let how = match action.action_type {
        ActionType::Approval | ActionType::Review => "--approve",
        ActionType::Resolve => r#"--result '{"decision": "again"}'"#,
        _ => "--result ...",
    };
    format!("wfmcp submit {} {how}", action.action_id)
}
