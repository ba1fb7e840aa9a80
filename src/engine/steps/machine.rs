//! What this machine does beside scripts: tools of configured MCP servers, wfmcp's own operations, child runs.

use super::super::command::{Act, Command, Effect, Target};
use super::super::event::{Event, Failure, RunId};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::shared::run_id;
use crate::language::plan::{Call, McpCall, Subflow};

pub fn call_tool(run: &Run, id: NodeId, call: &McpCall) -> Result<Command, Failure> {
    let arguments = scope::resolve(run, id, &call.arguments)?;
    Ok(attempt(run, id, Effect::McpTool(McpCall { arguments, ..call.clone() })))
}

pub fn call_operation(run: &Run, id: NodeId, call: &Call) -> Result<Command, Failure> {
    let with = scope::resolve(run, id, &call.with)?;
    Ok(attempt(run, id, Effect::Call(Call { with, ..call.clone() })))
}

pub fn start_child(run: &Run, id: NodeId, child: &Subflow) -> Result<Command, Failure> {
    let node = run.node(id);
    let inputs = scope::resolve_map(run, id, &child.with)?;
    let name = RunId::new(run_id(run.entropy(&format!("{}#{}:child", node.key, node.attempt + 1))));
    let effect = Effect::Child { run: name.clone(), workflow: child.name.clone(), inputs };
    let act = act(run, id, effect);
    Ok(Command { event: Event::ChildStarted { step: node.key.clone(), run: name }, act: Some(act) })
}

fn attempt(run: &Run, id: NodeId, effect: Effect) -> Command {
    let act = act(run, id, effect);
    let event = Event::Attempted { step: act.step.clone(), attempt: act.attempt };
    Command { event, act: Some(act) }
}

fn act(run: &Run, id: NodeId, effect: Effect) -> Act {
    let node = run.node(id);
    Act {
        step: node.key.clone(),
        attempt: node.attempt + 1,
        target: Target::Attempt,
        effect,
        timeout_ms: run.step_of(id).and_then(|step| step.timeout_ms),
    }
}
