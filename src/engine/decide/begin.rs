//! The first event of a run.

use super::super::event::{
    Actor, Applied, Event, Failure, Origin, Parent, PlanHash, ProjectRef, RunId, Started, Turn,
};
use super::super::steps::expression_failure;
use super::super::version::BEHAVIOUR;
use crate::language::expression::{self, Scope};
use crate::language::plan::{Concurrency, Plan};
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
    /// The keys of those it is a part of: it shares their turns.
    pub keys_above: Vec<String>,
    pub no_cache: bool,
    pub origin: Option<Origin>,
}

/// Fails only where the first values of `state`, or the key of `concurrency`, can't be made.
pub fn begin(plan: &Plan, beginning: Beginning) -> Result<Event, Failure> {
    let mut scope = Scope::new();
    scope.insert("inputs", &Value::Object(beginning.inputs.clone()));
    if let Some(applied) = &beginning.applied {
        scope.insert("target", &applied.target);
    }
    let state = expression::resolve(&Value::Object(plan.state.clone()), &scope)
        .map_err(|error| cant_be_made("`state`", error))?;
    let Value::Object(state) = state else { return Ok(started(plan, beginning, Map::new(), None)) };
    let turn = turn(plan, &scope, &beginning.keys_above)?;
    Ok(started(plan, beginning, state, turn))
}

/// An empty key limits nothing.
fn turn(plan: &Plan, scope: &Scope, above: &[String]) -> Result<Option<Turn>, Failure> {
    let Some(Concurrency { key, limit, .. }) = &plan.concurrency else { return Ok(None) };
    let key =
        expression::render(key, scope).map_err(|error| cant_be_made("the key of `concurrency`", error))?;
    let key = key.trim();
    let is_shared = key.is_empty() || above.iter().any(|other| other == key);
    Ok((!is_shared).then(|| Turn { key: key.to_owned(), limit: *limit }))
}

fn cant_be_made(what: &str, error: expression::Error) -> Failure {
    let failure = expression_failure(error);
    Failure { message: format!("{what} can't be made: {}", failure.message), ..failure }
}

fn started(plan: &Plan, beginning: Beginning, state: Map<String, Value>, turn: Option<Turn>) -> Event {
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
        turn,
        no_cache: beginning.no_cache,
        origin: beginning.origin,
    }))
}
