//! The first event of a run.

use super::super::event::{Actor, Applied, Event, Failure, Parent, PlanHash, ProjectRef, RunId, Started};
use super::super::steps::expression_failure;
use super::super::version::BEHAVIOUR;
use crate::language::expression::{self, Scope};
use crate::language::plan::Plan;
use serde_json::{Map, Value};

/// What a run begins with, beside its plan.
#[derive(Debug, Clone)]
pub struct Beginning {
    pub run: RunId,
    pub plan: PlanHash,
    pub project: ProjectRef,
    pub inputs: Map<String, Value>,
    pub seed: u64,
    pub by: Actor,
    pub dir: String,
    pub servers: Vec<String>,
    pub asks_models: bool,
    pub lease_ms: u64,
    pub parent: Option<Parent>,
    pub labels: Map<String, Value>,
    pub work_item: Option<String>,
    pub applied: Option<Applied>,
}

/// Fails only where the first values of `state` can't be made.
pub fn begin(plan: &Plan, beginning: Beginning) -> Result<Event, Failure> {
    let mut scope = Scope::new();
    scope.insert("inputs", &Value::Object(beginning.inputs.clone()));
    if let Some(applied) = &beginning.applied {
        scope.insert("target", &applied.target);
    }
    let state =
        expression::resolve(&Value::Object(plan.state.clone()), &scope).map_err(expression_failure)?;
    let Value::Object(state) = state else { return Ok(started(plan, beginning, Map::new())) };
    Ok(started(plan, beginning, state))
}

fn started(plan: &Plan, beginning: Beginning, state: Map<String, Value>) -> Event {
    let mut labels: Map<String, Value> =
        plan.labels.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    labels.extend(beginning.labels);
    Event::Started(Box::new(Started {
        behaviour: BEHAVIOUR,
        run: beginning.run,
        workflow: plan.name.clone(),
        plan: beginning.plan,
        project: beginning.project,
        inputs: beginning.inputs,
        seed: beginning.seed,
        by: beginning.by,
        dir: beginning.dir,
        state,
        servers: beginning.servers,
        asks_models: beginning.asks_models,
        lease_ms: beginning.lease_ms,
        parent: beginning.parent,
        labels,
        work_item: beginning.work_item,
        applied: beginning.applied,
    }))
}
