//! Replay: from the journal's texts to the state of a run, beside the decoding of the texts alone.

use super::place::Place;
use super::rounds::{Contender, Floor, Row, Unit, timed};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use wfmcp::engine::command::{Act, Outcome, Said};
use wfmcp::engine::event::{Actor, Event, Face, PlanHash, ProjectRef, Recorded, RunId};
use wfmcp::engine::run::Run;
use wfmcp::engine::{Beginning, begin};
use wfmcp::language::plan::Plan;

pub fn journal(place: &Place) -> Row {
    let plan = plan(place.size(5_000));
    let texts: Arc<[String]> = live(&plan).into();
    let count = u32::try_from(texts.len()).expect("a short journal");
    let read = Arc::clone(&texts);
    let replay: Contender = Box::new(move || {
        timed(count, || {
            let mut run = Run::new(&plan);
            for (seq, text) in (1..).zip(read.iter()) {
                let event = serde_json::from_str(text).expect("an event");
                run.apply(&Recorded { seq, at: 1_000, event }).expect("an event that fits");
            }
            assert!(run.has_ended(), "the whole run is replayed");
        })
    });
    let decode: Contender = Box::new(move || {
        timed(count, || {
            for text in texts.iter() {
                let value: Value = serde_json::from_str(text).expect("JSON");
                drop(value);
            }
        })
    });
    let floor = Floor {
        what: "serde_json: the same events as values",
        aim: "< 1 us (1,000,000/s)",
        contender: decode,
    };
    Row {
        what: format!("replay, an event of {count}"),
        unit: Unit::Seconds,
        ours: replay,
        floors: vec![floor],
    }
}

/// Half its steps in a row, half in a loop.
fn plan(steps: u32) -> Arc<Plan> {
    let half = steps / 2;
    let shell = |id: String, needs: Vec<String>| json!({"id": id, "needs": needs, "action": {"shell": {"run": "true"}}});
    let before = |n: u32| if n == 0 { Vec::new() } else { vec![format!("s{}", n - 1)] };
    let mut list: Vec<Value> = (0..half).map(|n| shell(format!("s{n}"), before(n))).collect();
    let mut looped = shell("loop".to_owned(), before(half));
    let items: Vec<u32> = (0..half).collect();
    looped["foreach"] = json!({"items": {"list": items}, "parallel": 1});
    list.push(looped);
    Arc::new(serde_json::from_value(json!({"name": "replayed", "steps": list})).expect("a plan"))
}

/// The journal of a run in which every script says a line and succeeds.
fn live(plan: &Arc<Plan>) -> Vec<String> {
    let beginning = Beginning {
        run: RunId::new("r-replay"),
        plan: PlanHash::new("plan"),
        project: ProjectRef { id: "default".to_owned(), name: "default".to_owned() },
        inputs: Map::new(),
        seed: 7,
        by: Actor::new("bench", Face::Script),
        dir: "/".to_owned(),
        asks_models: false,
        servers: Vec::new(),
        lease_ms: 600_000,
        parent: None,
        labels: Map::new(),
        work_item: None,
        applied: None,
        keys_above: Vec::new(),
        no_cache: false,
        origin: None,
    };
    let mut run = Run::new(plan);
    let mut texts = Vec::new();
    record(&mut run, &mut texts, begin(plan, beginning).expect("a run"));
    while let Some(command) = run.poll(1_000) {
        record(&mut run, &mut texts, command.event);
        let Some(act) = command.act else { continue };
        for event in succeed(&run, &act) {
            record(&mut run, &mut texts, event);
        }
    }
    assert!(run.has_ended(), "the run goes to its end");
    texts
}

fn succeed(run: &Run, act: &Act) -> Vec<Event> {
    let said = Said::Text("a line of output\n".to_owned());
    let outcome = Outcome::Exited { code: 0, stdout: said, stderr: Said::Text(String::new()) };
    run.outcome(&act.step, act.target, outcome, 1_000)
}

fn record(run: &mut Run, texts: &mut Vec<String>, event: Event) {
    texts.push(serde_json::to_string(&event).expect("JSON"));
    run.apply(&Recorded { seq: texts.len() as u64, at: 1_000, event }).expect("an event that fits");
}
