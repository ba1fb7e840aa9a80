//! The choice among the kinds of step.

use super::super::command::Command;
use super::super::event::{Event, Failure};
use super::super::node::NodeId;
use super::super::run::Run;
use super::{agent, budget, cache, failure, instant, machine, model, shell, wait};
use crate::language::plan::{Action, Answerer, McpCall};

/// The next attempt of a step, now that nothing stands before it.
pub fn begin(run: &Run, id: NodeId, now: i64) -> Result<Command, Failure> {
    let Some(step) = run.step_of(id) else {
        return Err(failure("internal", "a list has no work of its own".into()));
    };
    if let Some(seek) = cache::seek(run, id)? {
        return Ok(seek);
    }
    let key = run.node(id).key.clone();
    if asks_somebody(&step.action, run) {
        budget::within(run)?;
    }
    match &step.action {
        Action::Shell(shell) => shell::begin(run, id, shell),
        Action::McpCall(call) if is_called_here(run, call) => machine::call_tool(run, id, call),
        Action::McpCall(call) => agent::call_tool(run, id, call),
        Action::Prompt(prompt) => match &prompt.by {
            Answerer::Model(settings) if run.started().is_some_and(|started| started.asks_models) => {
                model::ask(run, id, prompt, settings)
            }
            _ => agent::prompt(run, id, prompt),
        },
        Action::Delegate(delegate) => agent::delegate(run, id, delegate),
        Action::Manual => agent::manual(run, id),
        Action::Wait(wait) => wait::begin(run, id, wait, now),
        Action::Workflow(child) => machine::start_child(run, id, child),
        Action::Call(call) => machine::call_operation(run, id, call),
        Action::Group(_) => Ok(Event::Entered { step: key, attempt: run.node(id).attempt + 1 }.into()),
        Action::Set(values) => instant::set(run, id, values),
        Action::Fail(message) => instant::fail(run, id, message),
    }
}

/// Whether an agent or a model is asked; a server that this machine calls itself counts as neither.
fn asks_somebody(action: &Action, run: &Run) -> bool {
    match action {
        Action::Prompt(_) | Action::Delegate(_) => true,
        Action::McpCall(call) => !is_called_here(run, call),
        _ => false,
    }
}

fn is_called_here(run: &Run, call: &McpCall) -> bool {
    run.started().is_some_and(|started| started.servers.contains(&call.server))
}
