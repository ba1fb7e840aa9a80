//! `cache`: what a step of the same making made before under the same key is its result again.

use super::super::command::{Act, Command, Effect, Target};
use super::super::event::{Event, Failure};
use super::super::node::NodeId;
use super::super::run::Run;
use super::super::scope;
use super::super::version::KEEPS_BUDGETS;
use crate::language::plan::{Check, Plan, Step};
use serde_json::json;

/// The look into the cache that comes before the first attempt of a step.
pub fn seek(run: &Run, id: NodeId) -> Result<Option<Command>, Failure> {
    let Some(step) = run.step_of(id).filter(|step| step.action.makes_something()) else { return Ok(None) };
    let Some(template) = step.cache.as_ref().filter(|_| run.shows(KEEPS_BUDGETS)) else { return Ok(None) };
    let node = run.node(id);
    if node.sought.is_some() {
        return Ok(None);
    }
    let key = scope::render(run, id, template)?;
    let digest = digest(run.plan(), step, &key);
    let asks = !run.started().is_some_and(|started| started.no_cache);
    let act = asks.then(|| Act {
        step: node.key.clone(),
        attempt: node.attempt,
        target: Target::Attempt,
        effect: Effect::Recall { digest: digest.clone() },
        timeout_ms: None,
    });
    let event = Event::Sought { step: node.key.clone(), key, digest, asks };
    Ok(Some(Command { event, act }))
}

/// How a step is made, as its author wrote it, and the key: an edit is another step.
fn digest(plan: &Plan, step: &Step, key: &str) -> String {
    let Step { action, env, dir, parse, result, validation, .. } = step;
    let proved: Vec<Option<&Check>> = validation.iter().map(|name| plan.checks.get(name)).collect();
    let made = json!([action, plan.used_by(step), plan.env, env, dir, parse, result, proved, key]);
    blake3::hash(made.to_string().as_bytes()).to_hex()[..32].to_owned()
}
