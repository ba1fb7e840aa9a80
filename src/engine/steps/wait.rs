//! Waiting: for a time, for an event, for somebody's word.

use super::super::command::Command;
use super::super::event::{ActionKind, Event, Failure, Opened};
use super::super::node::{NodeId, State};
use super::super::run::Run;
use super::super::scope;
use super::{failure, open};
use crate::language::plan::{Action, OnTimeout, Wait, WaitFor, duration};
use serde_json::Map;

pub fn begin(run: &Run, id: NodeId, wait: &Wait, now: i64) -> Result<Command, Failure> {
    let step = run.node(id).key.clone();
    let timeout = wait.timeout_ms.or(run.step_of(id).and_then(|step| step.timeout_ms));
    let deadline = timeout.map(|ms| now.saturating_add_unsigned(ms));
    match &wait.what {
        WaitFor::Duration(text) => {
            let text = scope::render(run, id, text)?;
            let ms = duration::parse_ms(&text).map_err(|error| failure("invalid_duration", error))?;
            Ok(Event::Waiting { step, due: Some(now.saturating_add_unsigned(ms)), event: None }.into())
        }
        WaitFor::Until(text) => {
            let text = scope::render(run, id, text)?;
            let due = duration::parse_time(&text).map_err(|error| failure("invalid_time", error))?;
            Ok(Event::Waiting { step, due: Some(due), event: None }.into())
        }
        WaitFor::Event { name } => {
            let event = Some(scope::render(run, id, name)?);
            Ok(Event::Waiting { step, due: deadline, event }.into())
        }
        WaitFor::Approval { ask } => ask_somebody(run, id, ActionKind::Approval, ask, deadline),
        WaitFor::Input { ask } => ask_somebody(run, id, ActionKind::Input, ask, deadline),
    }
}

/// What the end of its time means: `None` where the time was what it waited for.
pub fn on_timeout(run: &Run, id: NodeId) -> Option<OnTimeout> {
    let waits_for_time = matches!(&run.node(id).state, State::Waiting { event: None, .. });
    match run.step_of(id).map(|step| &step.action) {
        Some(Action::Wait(_)) if waits_for_time => None,
        Some(Action::Wait(wait)) => Some(wait.on_timeout),
        _ => Some(OnTimeout::Fail),
    }
}

fn ask_somebody(
    run: &Run,
    id: NodeId,
    kind: ActionKind,
    ask: &str,
    deadline: Option<i64>,
) -> Result<Command, Failure> {
    let ask = scope::render(run, id, ask)?;
    match open(run, id, kind, (ask.clone(), ask), Map::new()) {
        Event::Opened(opened) => Ok(Event::Opened(Box::new(Opened { deadline, ..*opened })).into()),
        other => Ok(other.into()),
    }
}
