//! What an answer of a case means for what was asked: the outcome of an effect, or what somebody hands in.

use crate::engine::command::{Effect, Outcome, Said};
use crate::engine::event::{ActionKind, Content, Json};
use crate::language::plan::{Parse, Reply};
use serde_json::{Value, json};

/// The outcome of an effect, or which answers would fit.
pub(super) fn outcome(effect: &Effect, parse: Parse, reply: &Reply) -> Result<Outcome, &'static str> {
    if let Reply::Failed(message) = reply {
        return Ok(failed(message.clone()));
    }
    match (effect, reply) {
        (Effect::Shell { .. }, Reply::Printed { stdout, stderr, exit_code }) => Ok(Outcome::Exited {
            code: *exit_code,
            stdout: Said::Text(stdout.clone()),
            stderr: Said::Text(stderr.clone()),
        }),
        (Effect::Shell { .. }, Reply::Result(value)) => Ok(Outcome::Exited {
            code: 0,
            stdout: Said::Text(printed(value, parse)),
            stderr: Said::Text(String::new()),
        }),
        (Effect::Shell { .. }, _) => Err("`stdout`, `stderr` and `exit_code`, `result` or `fail`"),
        (_, Reply::Printed { exit_code, stderr, .. }) if *exit_code != 0 => Ok(failed(stderr.clone())),
        (Effect::Ask(_), _) => {
            let result = value(reply).ok_or("`result` or `fail`")?;
            Ok(Outcome::Replied { result: Ok(result), usage: None })
        }
        _ => value(reply).map(Outcome::Answered).ok_or("`result` or `fail`"),
    }
}

/// What a script would have printed to give this result.
fn printed(value: &Value, parse: Parse) -> String {
    match (value, parse) {
        (Value::String(text), Parse::Text | Parse::Lines) => text.clone(),
        (Value::Array(lines), Parse::Lines) => lines
            .iter()
            .map(|line| line.as_str().map_or_else(|| line.to_string(), str::to_owned) + "\n")
            .collect(),
        _ => value.to_string(),
    }
}

fn failed(message: String) -> Outcome {
    Outcome::Failed { kind: "told", message, hints: Vec::new() }
}

fn value(reply: &Reply) -> Option<Value> {
    match reply {
        Reply::Result(value) => Some(value.clone()),
        Reply::Printed { stdout, .. } if stdout.is_empty() => Some(Value::Null),
        Reply::Printed { stdout, .. } => Some(Value::String(stdout.clone())),
        _ => None,
    }
}

/// What is handed in for an action, or which answers would fit.
pub(super) fn content(kind: ActionKind, reply: &Reply) -> Result<Content, &'static str> {
    let decides = matches!(kind, ActionKind::Approval | ActionKind::Review);
    match reply {
        Reply::Failed(message) if !decides => Ok(Content::Failure { message: message.clone() }),
        Reply::Decided { approved: true, reason } if decides => {
            Ok(Content::Approved { reason: reason.clone() })
        }
        Reply::Decided { reason, .. } if decides => Ok(Content::Rejected { reason: reason.clone() }),
        _ if decides => Err("`approve`"),
        _ => value(reply).map(|value| Content::Result(Json::of(&value))).ok_or("`result` or `fail`"),
    }
}

/// What somebody who looks finds of work that nobody saw the end of: it was done, with this outcome, or it was not.
pub(super) fn finding(outcome: Option<&Outcome>, parse: Parse) -> Value {
    let result = match outcome {
        Some(Outcome::Exited { stdout, .. }) => match parse {
            Parse::Text => Value::from(stdout.text()),
            Parse::Lines => stdout.text().lines().map(Value::from).collect(),
            Parse::Json => serde_json::from_str(stdout.text()).unwrap_or_default(),
        },
        Some(Outcome::Answered(value) | Outcome::Replied { result: Ok(value), .. }) => value.clone(),
        _ => return json!({ "decision": "again" }),
    };
    json!({ "decision": "ran", "result": result })
}
