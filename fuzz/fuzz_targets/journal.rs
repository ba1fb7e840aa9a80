//! The bytes of a journal: what is damaged is an error, what can be read is written the same again, and no sequence of
//! events, however senseless, brings a run down.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use wfmcp::engine::event::{Event, Recorded};
use wfmcp::engine::run::{Facts, Run};
use wfmcp::engine::status::log_line;
use wfmcp::language::plan::Plan;
use wfmcp::store::Error;
use wfmcp::store::format::{Reference, decode, encode};

const PLANS: [&str; 6] = [
    include_str!("../../tests/journals/v1/cancelled.plan.json"),
    include_str!("../../tests/journals/v1/failure.plan.json"),
    include_str!("../../tests/journals/v1/interrupted.plan.json"),
    include_str!("../../tests/journals/v1/loops.plan.json"),
    include_str!("../../tests/journals/v1/release.plan.json"),
    include_str!("../../tests/journals/v1/retried.plan.json"),
];

static KNOWN: LazyLock<BTreeMap<String, Arc<Plan>>> = LazyLock::new(|| {
    let plans = PLANS.iter().map(|text| serde_json::from_str::<Plan>(text).expect("a plan"));
    plans.map(|plan| (plan.name.clone(), Arc::new(plan))).collect()
});

// Either the entry of a store, `[event, ...]`, or a line for each event with its time, as `tests/journals` has them.
fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.starts_with('[') {
        let events = entry(text);
        replay(events.into_iter().map(|event| (1_000, event)).collect());
    } else {
        replay(text.lines().filter_map(line).collect());
    }
});

fn entry(text: &str) -> Vec<Event> {
    let kept = RefCell::new(BTreeMap::new());
    let missing =
        |reference: &Reference| Err(Error::NotFound { what: "artifact", name: reference.hash.clone() });
    let Ok(events) = decode(text, Path::new("journal"), &missing) else { return Vec::new() };
    let keep = |value: &str| {
        let reference = Reference::to(value);
        kept.borrow_mut().insert(reference.hash.clone(), value.to_owned());
        Ok(reference)
    };
    let fetch = |reference: &Reference| Ok(kept.borrow()[&reference.hash].clone());
    let written = encode(&events, &keep).expect("events that can be written");
    let again = decode(&written, Path::new("journal"), &fetch).expect("what was written can be read");
    assert_eq!(as_text(&events), as_text(&again), "what is read is what was written");
    events
}

fn line(text: &str) -> Option<(i64, Event)> {
    let line: Value = serde_json::from_str(text).ok()?;
    Some((line["at"].as_i64()?, serde_json::from_value(line["event"].clone()).ok()?))
}

fn replay(events: Vec<(i64, Event)>) {
    let name = match events.first() {
        Some((_, Event::Started(started))) => started.workflow.as_str(),
        _ => "",
    };
    let Some(plan) = KNOWN.get(name).or(KNOWN.get("loops")) else { return };
    let mut run = Run::new(plan);
    for (at, event) in events {
        let recorded = Recorded { seq: run.seq() + 1, at, event };
        log_line(&recorded);
        // What does not fit the run is refused, and leaves it where it was.
        let _ = run.apply(&recorded);
        let _ = run.poll(at);
        run.report(at);
        run.interruptions();
    }
    let facts: Facts = serde_json::from_str(&as_text(run.snapshot())).expect("a snapshot is read back");
    assert_eq!(as_text(Run::resume(plan, facts).snapshot()), as_text(run.snapshot()));
}

fn as_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}
