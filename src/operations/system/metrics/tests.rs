//! What a run's events are counted as.

use super::facts::{Fact, facts};
use super::intervals::Kind;
use super::range::{DAY_MS, Range};
use super::tally::Tally;
use crate::engine::event::{End, Recorded};
use serde_json::{Value, json};

fn recorded(events: &[(i64, Value)]) -> Vec<Recorded> {
    let read = |event: &Value| serde_json::from_value(event.clone()).unwrap();
    (1..).zip(events).map(|(seq, (at, event))| Recorded { seq, at: *at, event: read(event) }).collect()
}

fn started() -> Value {
    json!({ "started": {
        "behaviour": 2, "run": "r-1", "workflow": "w", "plan": "p", "project": { "id": "d", "name": "d" }, "inputs": {},
        "seed": 1, "by": { "name": "ada", "face": "terminal" }, "dir": "/", "lease_ms": 1000,
    } })
}

fn opened(step: &str) -> Value {
    json!({ "opened": {
        "action": "k1", "step": step, "attempt": 1, "kind": "prompt", "title": "", "instructions": "", "lease_ms": 1000,
    } })
}

fn submitted() -> Value {
    json!({ "submitted": {
        "action": "k1", "generation": 1, "by": { "name": "bob", "face": "mcp" }, "content": { "result": 1 },
        "digest": "d",
    } })
}

fn leased(generation: u32, until: i64) -> Value {
    let holder = json!({ "name": "bob", "face": "mcp" });
    json!({ "leased": { "action": "k1", "generation": generation, "holder": holder, "until": until } })
}

fn ended(status: &str) -> Value {
    json!({ "ended": { "status": status, "outputs": null, "error": null } })
}

fn attempted(step: &str) -> Value {
    json!({ "attempted": { "step": step, "attempt": 1 } })
}

fn finished(step: &str) -> Value {
    json!({ "finished": { "step": step, "output": {} } })
}

fn failed(step: &str, retry_at: Option<i64>) -> Value {
    json!({ "failed": { "step": step, "error": { "kind": "exit_code", "message": "" }, "retry_at": retry_at } })
}

fn told(events: &[(i64, Value)], range: (i64, i64)) -> Vec<(Option<String>, Fact)> {
    let range = Range { from: range.0, to: range.1 };
    let facts = facts(&recorded(events), range, i64::MAX);
    facts.items.into_iter().map(|item| (item.step, item.fact)).collect()
}

fn of(step: &str, fact: Fact) -> (Option<String>, Fact) {
    (Some(step.to_owned()), fact)
}

#[test]
fn a_step_takes_from_its_first_attempt_to_its_end() {
    let events = [
        (10, started()),
        (10, attempted("s")),
        (12, failed("s", Some(20))),
        (20, attempted("s")),
        (25, finished("s")),
        (26, ended("completed")),
    ];
    let expected = [
        (None, Fact::Started),
        of("s", Fact::Spent(Kind::Worked, 2)),
        of("s", Fact::Retried),
        of("s", Fact::Spent(Kind::Worked, 5)),
        of("s", Fact::Finished(Some(15))),
        (None, Fact::Ended(End::Completed, 16)),
    ];
    assert_eq!(told(&events, (0, 100)), expected);
}

/// Whatever the range is cut into, its parts say together what it says.
#[test]
fn what_is_counted_in_parts_is_counted_once() {
    let events = [
        (10, started()),
        (10, opened("ask")),
        (30, leased(1, 50)),
        (40, submitted()),
        (40, json!({ "refused": { "action": "k1", "generation": 1, "problems": [] } })),
        (60, leased(2, 90)),
        (70, submitted()),
        (70, json!({ "accepted": { "step": "ask" } })),
        (71, attempted("s")),
        (79, failed("s", None)),
        (80, ended("failed")),
    ];
    let sum = |facts: &[(Option<String>, Fact)]| {
        let mut tally = Tally::default();
        for (_, fact) in facts {
            tally.add(*fact);
        }
        let mut measures = tally.measures();
        measures.runs.open = 0;
        measures
    };
    let whole = told(&events, (0, 100));
    let measures = sum(&whole);
    assert_eq!((measures.actions.lapsed, measures.actions.refused, measures.actions.submitted), (1, 1, 2));
    assert_eq!((measures.times.waiting_for_agents, measures.times.working), (60, 8));
    for cut in 0..=100 {
        let parts = [told(&events, (0, cut)), told(&events, (cut, 100))].concat();
        assert_eq!(sum(&parts), measures, "cut at {cut}");
    }
    assert!(told(&events, (0, 80)).contains(&(None, Fact::Open)));
    assert!(!told(&events, (0, 81)).contains(&(None, Fact::Open)));
}

#[test]
fn what_holds_other_steps_is_no_step_of_its_own() {
    let events = [
        (1, started()),
        (1, json!({ "expanded": { "step": "each", "items": [1, 2] } })),
        (1, attempted("each[0]")),
        (2, finished("each[0]")),
        (2, attempted("each[1]")),
        (4, failed("each[1]", None)),
        (4, failed("each", None)),
        (4, ended("failed")),
    ];
    let ends: Vec<_> = told(&events, (0, 9))
        .into_iter()
        .filter(|(_, fact)| matches!(fact, Fact::Finished(_) | Fact::Failed(_)))
        .collect();
    assert_eq!(ends, [of("each", Fact::Finished(Some(1))), of("each", Fact::Failed(Some(2)))]);
}

#[test]
fn a_run_that_was_retried_ends_once() {
    let by = json!({ "name": "ada", "face": "terminal" });
    let events = [
        (1, started()),
        (5, ended("failed")),
        (6, json!({ "retried": { "by": by, "steps": [] } })),
        (9, ended("completed")),
    ];
    let ends = |range| {
        let told = told(&events, range).into_iter();
        told.filter(|(_, fact)| matches!(fact, Fact::Ended(..) | Fact::Open)).collect::<Vec<_>>()
    };
    assert_eq!(ends((0, 10)), [(None, Fact::Ended(End::Completed, 8))]);
    assert_eq!(ends((0, 6)), [(None, Fact::Ended(End::Failed, 4))]);
    assert_eq!(ends((0, 8)), [(None, Fact::Open)]);
}

#[test]
fn what_was_left_is_told_however_it_was_left() {
    let released = json!({ "released": { "action": "k1", "generation": 1, "note": null } });
    let abandoned = json!({ "abandoned": { "action": "k1", "generation": 2 } });
    let events = [
        (1, started()),
        (1, opened("ask")),
        (2, leased(1, 10)),
        (3, released),
        (4, leased(2, 10)),
        (5, abandoned),
        (6, leased(3, 10)),
    ];
    let left = |to| {
        let told = told(&events, (0, to)).into_iter();
        told.filter(|(_, fact)| matches!(fact, Fact::Released | Fact::Abandoned | Fact::Lapsed))
            .map(|(_, fact)| fact)
            .collect::<Vec<_>>()
    };
    assert_eq!(left(10), [Fact::Released, Fact::Abandoned]);
    assert_eq!(left(20), [Fact::Released, Fact::Abandoned, Fact::Lapsed]);
}

#[test]
fn a_time_is_told_on_each_of_its_days() {
    let events = [(0, started()), (10, opened("ask"))];
    let range = Range { from: 0, to: 3 * DAY_MS };
    let facts = facts(&recorded(&events), range, 2 * DAY_MS + 7);
    let spent = facts.items.iter().filter(|item| matches!(item.fact, Fact::Spent(..)));
    let told: Vec<(i64, Fact)> = spent.map(|item| (item.at, item.fact)).collect();
    let waited = |ms: i64| Fact::Spent(Kind::WaitedForAgents, ms.unsigned_abs());
    assert_eq!(told, [(10, waited(DAY_MS - 10)), (DAY_MS, waited(DAY_MS)), (2 * DAY_MS, waited(7))]);
}

#[test]
fn a_run_that_waits_for_its_turn_queues_and_what_was_cached_was_not_done() {
    let mut start = started();
    start["started"]["turn"] = json!({ "key": "k", "limit": 1 });
    let recalled = json!({ "recalled": { "step": "s", "output": {}, "from": "r-0" } });
    let events = [(1, start), (5, json!("admitted")), (6, recalled), (7, ended("completed"))];
    let expected = [
        (None, Fact::Started),
        (None, Fact::Spent(Kind::Queued, 4)),
        of("s", Fact::Recalled),
        (None, Fact::Ended(End::Completed, 6)),
    ];
    assert_eq!(told(&events, (0, 9)), expected);
}

#[test]
fn what_goes_on_elsewhere_is_neither_open_here_nor_waited_for() {
    let by = json!({ "name": "ada", "face": "terminal" });
    let arrived = json!({ "arrived": { "by": by, "project": { "id": "d", "name": "d" }, "dir": "/", "artifacts": "/a" } });
    let events = [
        (1, started()),
        (1, opened("ask")),
        (2, leased(1, 30)),
        (10, json!({ "moved": { "by": by } })),
        (50, arrived),
        (55, submitted()),
        (55, json!({ "accepted": { "step": "ask" } })),
        (60, ended("completed")),
    ];
    let waited = |ms| of("ask", Fact::Spent(Kind::WaitedForAgents, ms));
    let here = [(None, Fact::Started), of("ask", Fact::Opened), waited(9), (None, Fact::Moved)];
    assert_eq!(told(&events, (0, 50)), here);
    assert_eq!(told(&events, (20, 40)), []);
    let came_back = told(&events, (20, 70));
    assert_eq!(came_back[0], waited(5));
    assert_eq!(came_back.last().unwrap(), &(None, Fact::Ended(End::Completed, 59)));
    assert!(!came_back.iter().any(|(_, fact)| matches!(fact, Fact::Lapsed | Fact::Moved | Fact::Open)));
}
