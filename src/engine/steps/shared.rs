//! What the kinds of step share: opening an action, what an interruption means, and how failures are made.

use super::super::command::Command;
use super::super::event::{ActionId, ActionKind, Event, Failure, Opened, RunId, Sampling};
use super::super::node::NodeId;
use super::super::run::Run;
use crate::language::expression;
use crate::language::plan::{ACTION_TITLE_MAX, Action, OnInterrupt, Step};
use serde_json::{Map, Value, json};

/// The letters of an action's id; none is mistaken for another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Hand a step, or a question about it, to somebody.
pub fn open(
    run: &Run,
    id: NodeId,
    kind: ActionKind,
    (title, instructions): (String, String),
    parameters: Map<String, Value>,
) -> Event {
    let node = run.node(id);
    let step = run.step_of(id);
    let usual_lease_ms = run.started().map_or(0, |started| started.lease_ms);
    let again = matches!(kind, ActionKind::Resolve | ActionKind::Review);
    let attempt = if again { node.attempt } else { node.attempt + 1 };
    let own_lease_ms = step.and_then(|step| step.timeout_ms).filter(|_| !again);
    let name = format!("{}#{attempt}:{}", node.key, run.facts.actions.len());
    Event::Opened(Box::new(Opened {
        action: action_id(run.entropy(&name)),
        step: node.key.clone(),
        attempt,
        kind,
        title: first_line(&title),
        instructions,
        parameters,
        role: None,
        sampling: Sampling::Unasked,
        deadline: None,
        lease_ms: own_lease_ms.unwrap_or(usual_lease_ms),
    }))
}

/// `k7f3`.
fn action_id(entropy: u64) -> ActionId {
    ActionId::new(word(entropy, 4))
}

/// A child run's name, drawn like an action's: `r-7q2mzk`.
pub fn run_id(entropy: u64) -> RunId {
    RunId::new(format!("r-{}", word(entropy, 6)))
}

fn word(entropy: u64, letters: u32) -> String {
    let letter =
        |place: u32| char::from(ALPHABET[usize::try_from((entropy >> (5 * place)) % 32).unwrap_or(0)]);
    (0..letters).map(letter).collect()
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= ACTION_TITLE_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(ACTION_TITLE_MAX - 1).collect();
    format!("{cut}…")
}

/// What is to be done with a step whose carrier died under way.
pub fn on_interrupt(run: &Run, id: NodeId) -> OnInterrupt {
    run.step_of(id).map_or(OnInterrupt::Rerun, Step::after_interruption)
}

pub fn ask_about_interruption(run: &Run, id: NodeId) -> Command {
    let key = &run.node(id).key;
    let title = format!("Did {key} do its work?");
    let instructions = format!(
        "The process that ran step {key} died while it was under way, and nobody recorded how far it came.\n\
         Look at what it was to do, then answer {{\"decision\": \"ran\"}} if its work is done, \
         {{\"decision\": \"again\"}} to run it again, or {{\"decision\": \"give_up\"}} to let it fail."
    );
    let mut parameters = Map::new();
    if let Some(Action::Shell(shell)) = run.step_of(id).map(|step| &step.action) {
        parameters.insert("shell".to_owned(), Value::String(shell.run.clone()));
    }
    open(run, id, ActionKind::Resolve, (title, instructions), parameters).into()
}

/// What a reviewer is shown.
pub fn work_under_review(run: &Run, id: NodeId, check: &str) -> Map<String, Value> {
    let node = run.node(id);
    let mut parameters = Map::new();
    parameters.insert("check".to_owned(), check.into());
    parameters.insert("step".to_owned(), node.key.as_str().into());
    if let Some(output) = &node.output {
        parameters.insert("result".to_owned(), run.result_of(id));
        if let Some(code) = output.exit_code {
            parameters.insert("exit_code".to_owned(), json!(code));
        }
    }
    parameters
}

pub fn failure(kind: &str, message: String) -> Failure {
    Failure { kind: kind.to_owned(), message, hints: Vec::new(), step: None, output: None }
}

pub fn expression_failure(error: expression::Error) -> Failure {
    Failure { hints: error.hints, ..failure(error.kind.as_str(), error.message) }
}

/// The JSON type of a value, as people say it.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
