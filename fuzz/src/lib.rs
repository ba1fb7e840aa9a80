//! What the targets share: inputs of several texts, and a run that is carried in memory.

use serde_json::{Map, Value};
use std::sync::Arc;
use wfmcp::engine::command::Outcome;
use wfmcp::engine::event::{Actor, Event, Face, PlanHash, ProjectRef, Recorded, RunId};
use wfmcp::engine::run::Run;
use wfmcp::engine::{Beginning, begin};
use wfmcp::language::plan::Plan;

/// The texts of an input: a NUL byte stands between them, and what is missing is empty.
pub fn texts<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    let mut parts = std::str::from_utf8(data).ok()?.splitn(N, '\0');
    Some(std::array::from_fn(|_| parts.next().unwrap_or_default()))
}

pub fn beginning(inputs: Map<String, Value>) -> Beginning {
    Beginning {
        run: RunId::new("r-fuzzed"),
        plan: PlanHash::new("plan"),
        project: ProjectRef { id: "default".to_owned(), name: "default".to_owned() },
        inputs,
        seed: 7,
        by: Actor::new("fuzz", Face::Script),
        dir: "/".to_owned(),
        asks_models: true,
        servers: Vec::new(),
        lease_ms: 600_000,
        parent: None,
        labels: Map::new(),
        work_item: None,
        applied: None,
        keys_above: Vec::new(),
        no_cache: false,
        origin: None,
    }
}

/// Carries a run as far as so many decisions lead; every effect succeeds, and time passes where it is waited for.
pub fn carry(plan: &Arc<Plan>, decisions: usize) {
    let Ok(started) = begin(plan, beginning(Map::new())) else { return };
    let mut run = Run::new(plan);
    let mut now = 1_000;
    record(&mut run, now, started);
    for _ in 0..decisions {
        let Some(command) = run.poll(now) else {
            let Some(due) = run.next_due() else { break };
            now = now.max(due);
            continue;
        };
        record(&mut run, now, command.event);
        let Some(act) = command.act else { continue };
        let outcome = Outcome::Exited { code: 0, stdout: "1\n".into(), stderr: "".into() };
        for event in run.outcome(&act.step, act.target, outcome, now) {
            record(&mut run, now, event);
        }
    }
    run.report(now);
    run.summary();
}

fn record(run: &mut Run, at: i64, event: Event) {
    let recorded = Recorded { seq: run.seq() + 1, at, event };
    run.apply(&recorded).expect("what the engine decides fits the run");
}
