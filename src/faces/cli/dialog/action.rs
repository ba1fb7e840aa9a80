//! A pending action, answered where it came up.

use super::schema::ask_value;
use super::terminal::{Asked, line, select};
use crate::faces::cli::attend::FOREVER_SECONDS;
use crate::faces::cli::render::screen::print_error;
use crate::faces::cli::session::Session;
use crate::faces::cli::views;
use crate::operations::ActionName;
use crate::operations::actions::{Decision, SubmitResult};
use crate::operations::report::{ActionType, PendingAction, RunReport};
use serde_json::{Value, json};

/// What this person hands in for one of the run's actions, if anything.
pub fn answer(session: &Session, report: &RunReport) -> Asked<SubmitResult> {
    let Some(action) = choose(&report.actions)? else { return Ok(None) };
    print_error(&views::packet(action, &session.screen));
    let empty = SubmitResult {
        action: ActionName(action.action_id.clone()),
        result: None,
        decision: None,
        reason: None,
        fail: None,
        tokens: 0,
        cost: 0.0,
        wait_seconds: Some(FOREVER_SECONDS),
    };
    match action.action_type {
        ActionType::Approval | ActionType::Review => approval(empty),
        ActionType::Resolve => resolve(empty),
        ActionType::Input => value(action, empty),
        ActionType::Manual => choice(action, empty, ["Done", "It can't be done", "Later"]),
        ActionType::Prompt | ActionType::Delegate | ActionType::McpCall => {
            choice(action, empty, ["Answer it here", "It can't be done", "Leave it for an agent"])
        }
    }
}

fn choose(actions: &[PendingAction]) -> Asked<&PendingAction> {
    if let [only] = actions {
        return Ok(Some(only));
    }
    let mut items: Vec<String> =
        actions.iter().map(|action| format!("{}  {}", action.action_id, action.title)).collect();
    items.push("Later".to_owned());
    let at = select("Which one", &items)?;
    Ok(at.and_then(|at| actions.get(at)))
}

fn approval(empty: SubmitResult) -> Asked<SubmitResult> {
    let decision = match select("Your decision", &["Approve", "Reject", "Later"])? {
        Some(0) => Decision::Approve,
        Some(1) => Decision::Reject,
        _ => return Ok(None),
    };
    let Some(reason) = line("Reason (may be empty)")? else { return Ok(None) };
    let reason = Some(reason).filter(|reason| !reason.trim().is_empty());
    Ok(Some(SubmitResult { decision: Some(decision), reason, ..empty }))
}

fn resolve(empty: SubmitResult) -> Asked<SubmitResult> {
    let verdict = match select("What became of it", &["It ran", "Run it again", "Give up", "Later"])? {
        Some(0) => "ran",
        Some(1) => "again",
        Some(2) => "give_up",
        _ => return Ok(None),
    };
    Ok(Some(SubmitResult { result: Some(json!({ "decision": verdict })), ..empty }))
}

fn choice(
    action: &PendingAction,
    empty: SubmitResult,
    [done, failed, later]: [&str; 3],
) -> Asked<SubmitResult> {
    match select("What now", &[done, failed, later])? {
        Some(0) => value(action, empty),
        Some(1) => {
            let Some(message) = line("Why?")? else { return Ok(None) };
            Ok(Some(SubmitResult { fail: Some(message), ..empty }))
        }
        _ => Ok(None),
    }
}

fn value(action: &PendingAction, empty: SubmitResult) -> Asked<SubmitResult> {
    let result = match &action.result_schema {
        Some(schema) if action.action_type == ActionType::Input => ask_value("Your answer", schema)?,
        Some(schema) => ask_value("Result", schema)?,
        None if action.action_type == ActionType::Manual => line("Note (may be empty)")?.map(Value::String),
        None => line("Result")?.map(Value::String),
    };
    Ok(result.map(|result| SubmitResult { result: Some(result), ..empty }))
}
