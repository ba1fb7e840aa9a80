//! Random plans: every kind of step, in groups and loops, with everything that may be said around a step.

use super::super::world::plan;
use crate::language::plan::Plan;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;

/// How deep groups are nested.
const DEPTH: u32 = 2;

/// A plan, shown as what it was made from.
pub struct Sketch {
    json: Value,
    pub plan: Arc<Plan>,
}

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.json)
    }
}

pub fn any_plan() -> impl Strategy<Value = Sketch> {
    let timeout = prop_oneof![4 => Just(Value::Null), 1 => Just(json!(60))];
    let limits = (timeout, prop::option::weighted(0.1, 1..4_u32), prop::bool::weighted(0.1));
    (list(1..5), list(0..2), list(0..3), limits, outputs()).prop_map(
        |(steps, on_failure, finally, (timeout_ms, attempts, in_turn), outputs)| {
            let turn = json!({ "key": "k", "limit": 1, "on_busy": "queue" });
            let json = json!({
                "name": "w",
                "steps": steps,
                "on_failure": on_failure,
                "finally": finally,
                "timeout_ms": timeout_ms,
                "budget": attempts.map(|attempts| json!({ "attempts": attempts })),
                "concurrency": in_turn.then_some(turn),
                "outputs": outputs,
                "state": { "n": 0 },
                "children": { "child": { "name": "child" } },
                "checks": {
                    "script": { "shell": { "shell": { "run": "check" }, "dir": null, "env": {}, "timeout_ms": null } },
                    "person": { "approval": { "ask": "Is it good?" } },
                },
            });
            Sketch { plan: plan(json.clone()), json }
        },
    )
}

fn outputs() -> impl Strategy<Value = Value> {
    select(vec![json!({}), json!({ "n": "{{ state.n }}" }), json!({ "n": "{{ nobody.knows }}" })])
}

/// Steps of one list, each with an id of its place and needs among those before it.
fn list(length: std::ops::Range<usize>) -> BoxedStrategy<Vec<Value>> {
    list_of(step(DEPTH), length)
}

fn list_of(step: BoxedStrategy<Value>, length: std::ops::Range<usize>) -> BoxedStrategy<Vec<Value>> {
    prop::collection::vec((step, any::<u8>()), length)
        .prop_map(|steps| {
            let named = |(at, (mut step, needs)): (usize, (Value, u8))| {
                let needs: Vec<String> = (0..at)
                    .filter(|before| needs >> (before % 8) & 1 == 1)
                    .map(|at| format!("s{at}"))
                    .collect();
                step["id"] = format!("s{at}").into();
                step["needs"] = needs.into();
                step
            };
            steps.into_iter().enumerate().map(named).collect()
        })
        .boxed()
}

fn step(depth: u32) -> BoxedStrategy<Value> {
    let around = (order(), trouble(), proofs(), prop::option::weighted(0.3, plain_action()));
    (action(depth), around)
        .prop_map(|(action, (order, trouble, proofs, undo))| {
            let mut step = json!({ "action": action });
            for (key, value) in [order, trouble, proofs].into_iter().flatten() {
                step[key] = value;
            }
            if let Some(undo) = undo {
                step["undo"] = json!({ "id": "undo", "action": undo });
            }
            step
        })
        .boxed()
}

fn action(depth: u32) -> BoxedStrategy<Value> {
    if depth == 0 {
        return plain_action().boxed();
    }
    let group = list_of(step(depth - 1), 0..3).prop_map(|steps| json!({ "group": steps }));
    prop_oneof![5 => plain_action(), 2 => group].boxed()
}

fn plain_action() -> impl Strategy<Value = Value> {
    let shell = json!({ "shell": { "run": "work {{ state.n }}" } });
    let prompt = |by: Value| json!({ "prompt": { "source": { "text": "Say {{ state.n }}" }, "by": by } });
    let tool = |server: &str| json!({ "mcp_call": { "server": server, "tool": "t", "arguments": {} } });
    let others = vec![
        prompt(json!("agent")),
        prompt(json!({ "model": {} })),
        tool("configured"),
        tool("unknown"),
        json!({ "call": { "operation": "o", "with": {} } }),
        json!({ "delegate": { "to": "role", "task": "do it", "context": null } }),
        json!({ "workflow": { "name": "child", "with": {} } }),
        json!({ "set": { "n": 1 } }),
        json!({ "fail": "on purpose" }),
        json!({ "shell": { "run": "{{ nobody.knows }}" } }),
        json!("manual"),
    ];
    prop_oneof![3 => Just(shell), 5 => select(others), 2 => wait()]
}

fn wait() -> impl Strategy<Value = Value> {
    let what = vec![
        json!({ "duration": "10ms" }),
        json!({ "until": "1970-01-01T00:00:02Z" }),
        json!({ "approval": { "ask": "Sure?" } }),
        json!({ "input": { "ask": "How many?" } }),
        json!({ "event": { "name": "go" } }),
    ];
    let timeout = select(vec![Value::Null, json!(30)]);
    (select(what), timeout, select(vec!["fail", "continue", "reject"])).prop_map(
        |(what, timeout_ms, on_timeout)| json!({ "wait": { "what": what, "timeout_ms": timeout_ms, "on_timeout": on_timeout } }),
    )
}

type Said = Map<String, Value>;

fn said<const N: usize>(words: [(&str, Option<Value>); N]) -> Said {
    words.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// Conditions and loops.
fn order() -> impl Strategy<Value = Said> {
    let when = select(vec!["true", "false", "state.n == 0", "nobody.knows"]);
    let items = select(vec![json!([]), json!([1]), json!([1, 2, 3])]);
    let filter = prop::option::weighted(0.2, Just("item != 1"));
    let foreach = (items, 1..4_u32, filter).prop_map(|(items, parallel, filter)| {
        json!({ "items": { "list": items }, "name": null, "parallel": parallel, "filter": filter })
    });
    let until = prop::option::of(select(vec!["index >= 1", "state.n == 1"]));
    let repeat = (until, 1..4_u32, select(vec![0, 5]))
        .prop_map(|(until, max, every_ms)| json!({ "until": until, "max": max, "every_ms": every_ms }));
    (
        prop::option::weighted(0.15, when),
        prop::option::weighted(0.2, foreach),
        prop::option::weighted(0.2, repeat),
    )
        .prop_map(|(when, foreach, repeat)| {
            said([("when", when.map(Value::from)), ("foreach", foreach), ("repeat", repeat)])
        })
}

/// What is done about failures, delays and interruptions.
fn trouble() -> impl Strategy<Value = Said> {
    let retry = (1..4_u32, select(vec![0, 10]), any::<bool>(), any::<bool>()).prop_map(
        |(attempts, delay_ms, jitter, only_timeouts)| {
            let on = if only_timeouts { json!(["timeout"]) } else { json!([]) };
            json!({ "attempts": attempts, "delay_ms": delay_ms, "backoff": 2.0, "max_delay_ms": 25, "jitter": jitter, "on": on })
        },
    );
    let on_interrupt =
        select(vec![json!("rerun"), json!("ask"), json!("fail"), json!({ "check": "came far?" })]);
    (
        prop::option::weighted(0.3, retry),
        prop::option::weighted(0.2, Just(json!(40))),
        prop::option::weighted(0.2, Just(json!("continue"))),
        prop::option::weighted(0.5, on_interrupt),
    )
        .prop_map(|(retry, timeout, on_error, on_interrupt)| {
            said([
                ("retry", retry),
                ("timeout_ms", timeout),
                ("on_error", on_error),
                ("on_interrupt", on_interrupt),
            ])
        })
}

/// What must hold before, and what of the result.
fn proofs() -> impl Strategy<Value = Said> {
    let checks = || {
        let names = select(vec![json!(["script"]), json!(["person"]), json!(["script", "person"])]);
        prop::option::weighted(0.15, names)
    };
    let result = prop::option::weighted(0.15, Just(json!({ "type": "integer" })));
    let parse = prop::option::weighted(0.3, select(vec![json!("json"), json!("lines")]));
    let cache = prop::option::weighted(0.1, Just(json!("key {{ state.n }}")));
    (checks(), checks(), result, parse, cache).prop_map(|(enforcement, validation, result, parse, cache)| {
        said([
            ("enforcement", enforcement),
            ("validation", validation),
            ("result", result),
            ("parse", parse),
            ("cache", cache),
        ])
    })
}
