//! What this machine does beside scripts: tools of configured MCP servers, wfmcp's own operations, child runs.

use super::super::command::{Act, Command, Effect, Target};
use super::super::event::{Event, Failure, Key};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::shared::{failure, run_id};
use crate::language::plan::{Action, Call, McpCall, Subflow};
use crate::language::schema::{self, Violation};
use serde_json::{Map, Value};

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
    let inputs = child_inputs(run, id, child)?;
    let name = run_id(run.entropy(&format!("{}#{}:child", node.key, node.attempt + 1)));
    let effect = Effect::Child { run: name.clone(), workflow: child.name.clone(), inputs };
    let act = act(run, id, effect);
    Ok(Command { event: Event::ChildStarted { step: node.key.clone(), run: name }, act: Some(act) })
}

/// What the child is given, completed by its defaults and checked against what it declares.
fn child_inputs(run: &Run, id: NodeId, child: &Subflow) -> Result<Map<String, Value>, Failure> {
    let mut inputs = scope::resolve_map(run, id, &child.with)?;
    let Some(plan) = run.plan().children.get(&child.name) else {
        return Err(failure("unknown_workflow", format!("the workflow `{}` is not in the plan", child.name)));
    };
    for input in &plan.inputs {
        match (inputs.get(&input.name), input.default_value()) {
            (None, Some(default)) => {
                inputs.insert(input.name.clone(), default.clone());
            }
            (None, None) => {
                let message = format!("the workflow `{}` needs the input `{}`", child.name, input.name);
                return Err(failure("invalid_input", message));
            }
            (Some(value), _) => {
                if let Some(violation) = schema::check(&input.schema, value).first() {
                    let Violation { pointer, expected, got } = violation;
                    let message = format!("input `{}{pointer}`: expected {expected}, got {got}", input.name);
                    return Err(failure("invalid_input", message));
                }
            }
        }
    }
    Ok(inputs)
}

impl Run {
    /// The workflow and the inputs of the child that a step started.
    pub fn child_of(&self, step: &Key) -> Result<(String, Map<String, Value>), Failure> {
        let id = self.node_of(step).map_err(|reason| failure("internal", reason))?;
        match self.step_of(id).map(|step| &step.action) {
            Some(Action::Workflow(child)) => Ok((child.name.clone(), child_inputs(self, id, child)?)),
            _ => Err(failure("internal", format!("{step} starts no run"))),
        }
    }
}

pub fn attempt(run: &Run, id: NodeId, effect: Effect) -> Command {
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
