//! Replay equals live: from every prefix of a journal, the next decision is the one that was taken.

use super::world::{World, exited, like_a_shell, plan, shell};
use crate::engine::command::Act;
use crate::engine::event::Recorded;
use crate::engine::run::{Facts, Run};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// A plan with a little of everything.
fn everything() -> Value {
    let mut tried = shell("tried", "maybe", &["a"]);
    tried["retry"] = json!({ "attempts": 3, "delay_ms": 10, "backoff": 2.0, "max_delay_ms": null, "jitter": true, "on": [] });
    let mut looped = shell("looped", "maybe {{ item }}", &["a"]);
    looped["foreach"] =
        json!({ "items": { "expression": "[1, 2, 3]" }, "name": null, "parallel": 2, "filter": "item != 2" });
    looped["on_error"] = json!("continue");
    looped["undo"] = shell("undo", "true", &[]);
    let mut repeated = shell("repeated", "true", &["tried", "looped"]);
    repeated["repeat"] = json!({ "until": "index == 1", "max": 3, "every_ms": 5 });
    let prompt =
        json!({ "id": "ask", "needs": ["repeated"], "action": { "prompt": { "source": { "text": "?" } } } });
    let group = json!({ "id": "g", "needs": ["ask"], "action": { "group": [shell("x", "maybe", &[]), shell("y", "true", &["x"])] } });
    json!({
        "name": "w", "steps": [shell("a", "echo 1", &[]), tried, looped, repeated, prompt, group],
        "on_failure": [shell("f", "true", &[])], "finally": [shell("z", "true", &[])],
    })
}

/// A journal made by a world whose `maybe` steps fail as the bits say, and that crashes now and then.
fn journal(bits: u64) -> (Arc<crate::language::plan::Plan>, Vec<Recorded>) {
    let plan = plan(everything());
    let mut calls = 0_u32;
    let answer = move |act: &Act| {
        calls += 1;
        let fails = format!("{act:?}").contains("maybe") && bits >> (calls % 64) & 1 == 1;
        if fails { Some(exited(1, "")) } else { like_a_shell(act) }
    };
    let mut world = World::answering(Arc::clone(&plan), answer);
    world.finish();
    if bits & 2 == 2 {
        world.crash();
    }
    if !world.open().is_empty() {
        world.submit("ask", "agent", json!({ "any": bits }));
    }
    world.finish();
    (plan, world.journal)
}

fn replayed(plan: &Arc<crate::language::plan::Plan>, events: &[Recorded]) -> Run {
    let mut run = Run::new(plan);
    for recorded in events {
        run.apply(recorded).unwrap();
    }
    run
}

fn as_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// A script that prints `null` gives nothing, and not the text that says so.
#[test]
fn a_result_of_nothing_is_read_back_as_it_was() {
    let mut step = shell("a", "echo null", &[]);
    step["parse"] = json!("json");
    let plan =
        plan(json!({ "name": "w", "steps": [step], "outputs": { "a": "{{ steps.a.result is none }}" } }));
    let mut world = World::new(plan.clone());
    world.settle();
    let read: Vec<Recorded> = world
        .journal
        .iter()
        .map(|recorded| Recorded {
            event: serde_json::from_str(&as_text(&recorded.event)).unwrap(),
            ..*recorded
        })
        .collect();
    let before_its_end = read.len() - 1;
    assert_eq!(as_text(&read[before_its_end].event), as_text(&world.journal[before_its_end].event));
    let again = replayed(&plan, &read[..before_its_end]);
    assert_eq!(as_text(&again.poll(world.now).unwrap().event), as_text(&read[before_its_end].event));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_next_decision_is_the_one_that_was_taken(bits in any::<u64>()) {
        let (plan, events) = journal(bits);
        let mut live = Run::new(&plan);
        for (at, recorded) in events.iter().enumerate() {
            let again = replayed(&plan, &events[..at]);
            prop_assert_eq!(as_text(live.snapshot()), as_text(again.snapshot()));
            prop_assert_eq!(live.trail(), again.trail());
            if let Some(command) = again.poll(recorded.at) {
                let outside = matches!(recorded.event.name(), "submitted" | "interrupted" | "accepted");
                prop_assert!(outside || as_text(&command.event) == as_text(&recorded.event),
                    "decided {:?}, recorded {:?}", command.event, recorded.event);
            }
            live.apply(recorded).unwrap();
        }
        prop_assert!(live.has_ended());
    }

    #[test]
    fn a_snapshot_and_what_came_later_are_the_whole(bits in any::<u64>(), cut in 0_usize..40) {
        let (plan, events) = journal(bits);
        let cut = cut.min(events.len());
        let facts: Facts = serde_json::from_str(&as_text(replayed(&plan, &events[..cut]).snapshot())).unwrap();
        let mut resumed = Run::resume(&plan, facts);
        for recorded in &events[cut..] {
            resumed.apply(recorded).unwrap();
        }
        prop_assert_eq!(as_text(resumed.snapshot()), as_text(replayed(&plan, &events).snapshot()));
    }

    #[test]
    fn no_sequence_of_events_panics(bits in any::<u64>(), picks in prop::collection::vec(0_usize..200, 0..60)) {
        let (plan, events) = journal(bits);
        let mut run = Run::new(&plan);
        for pick in std::iter::once(0).chain(picks) {
            let recorded = &events[pick % events.len()];
            let next = Recorded { seq: run.seq() + 1, ..recorded.clone() };
            let _ = run.apply(&next);
            let _ = run.poll(recorded.at);
            let _ = run.report(recorded.at);
        }
    }
}
