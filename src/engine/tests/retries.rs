//! Attempts that follow a failure: by themselves, after a pause, and when a person says so.

use super::world::{World, actor, exited, like_a_shell, plan, shell};
use crate::engine::command::{Act, Outcome};
use crate::engine::decide::retry;
use crate::engine::event::{Content, Json, Key};
use crate::engine::status::Status;
use crate::engine::steps::failure;
use crate::language::plan::Retry;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(super) fn retried(mut step: Value, attempts: u32) -> Value {
    step["retry"] = json!({ "attempts": attempts, "delay_ms": 1000, "backoff": 2.0, "max_delay_ms": null, "jitter": false, "on": [] });
    step
}

#[test]
fn a_check_before_a_step_spends_the_attempts_of_its_retry() {
    let mut world = World::new(plan(json!({
        "checks": { "clean": { "shell": { "shell": { "run": "false" }, "dir": null, "env": {}, "timeout_ms": null } } },
        "steps": [{
            "id": "a",
            "enforcement": ["clean"],
            "retry": { "attempts": 3, "delay_ms": 10, "backoff": 1.0, "max_delay_ms": null, "jitter": false, "on": [] },
            "action": { "shell": { "run": "true" } },
        }],
    })));
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!((world.count("check_failed", "a"), world.count("attempted", "a")), (3, 0));
}

#[test]
fn a_step_is_tried_again_after_growing_pauses() {
    let mut failures = 2;
    let answer = move |act: &Act| {
        failures -= 1;
        if failures >= 0 { Some(exited(1, "")) } else { like_a_shell(act) }
    };
    let plan = plan(json!({ "name": "w", "steps": [retried(shell("a", "true", &[]), 3)] }));
    let mut world = World::answering(plan, answer);
    assert_eq!(world.settle(), Status::Waiting);
    assert_eq!(world.run.next_due(), Some(world.now + 1000));
    assert_eq!(world.finish(), Status::Completed);
    assert_eq!(world.now, 1000 + 1000 + 2000);
    assert_eq!(world.count("attempted", "a"), 3);
}

#[test]
fn a_group_is_tried_again_as_one() {
    let mut calls = 0;
    let answer = move |_: &Act| {
        calls += 1;
        Some(exited(i32::from(calls == 2), ""))
    };
    let group =
        json!({ "id": "g", "action": { "group": [shell("x", "true", &[]), shell("y", "true", &["x"])] } });
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [retried(group, 2)] })), answer);
    assert_eq!(world.finish(), Status::Completed);
    assert_eq!(world.acted, ["g/x", "g/y", "g#2/x", "g#2/y"]);
}

#[test]
fn retry_goes_on_from_the_failed_step_only() {
    let mut failing = true;
    let answer = move |act: &Act| {
        if act.step.as_str() == "g/bad" && std::mem::take(&mut failing) {
            Some(exited(3, ""))
        } else {
            like_a_shell(act)
        }
    };
    let group = json!({ "id": "g", "needs": ["a"], "action": { "group": [shell("ok", "true", &[]), shell("bad", "true", &["ok"]), shell("rest", "true", &["bad"])] } });
    let mut world = World::answering(
        plan(
            json!({ "name": "w", "steps": [shell("a", "true", &[]), group, shell("z", "true", &["g"])], "finally": [shell("f", "true", &[])] }),
        ),
        answer,
    );
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.run.report(0).failed_steps, ["g/bad"]);
    let retry = world.run.retry(&actor("me"), Vec::new()).unwrap();
    world.record(retry);
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["a", "g/ok", "g/bad", "@finally/f", "g/bad", "g/rest", "z", "@finally#2/f"]);
    assert!(world.run.retry(&actor("me"), Vec::new()).is_err());
}

#[test]
fn a_retry_of_one_step_leaves_the_others_failed() {
    let steps = [shell("a", "true", &[]), shell("b", "true", &[]), shell("c", "true", &["b"])];
    let mut calls = 0;
    let first_two_fail = move |_: &Act| {
        calls += 1;
        Some(exited(i32::from(calls <= 2), ""))
    };
    let mut world = World::answering(plan(json!({ "name": "w", "steps": steps })), first_two_fail);
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.run.report(0).failed_steps, ["a", "b"]);
    for (named, status, failed) in [("a", Status::Failed, vec!["b"]), ("b", Status::Completed, vec![])] {
        let retry = world.run.retry(&actor("me"), vec![Key::new(named)]).unwrap();
        world.record(retry);
        assert_eq!(world.settle(), status, "after {named}");
        assert_eq!(world.run.report(0).failed_steps, failed);
    }
    assert_eq!(world.acted, ["a", "b", "a", "b", "c"]);
}

#[test]
fn a_retry_goes_on_with_a_loop_where_it_was_cancelled() {
    let mut looped = shell("loop", "true", &[]);
    looped["foreach"] =
        json!({ "items": { "list": [1, 2, 3] }, "name": null, "parallel": 1, "filter": null });
    looped["undo"] = shell("undo", "true", &[]);
    let plan = plan(json!({ "name": "w", "steps": [looped, shell("bad", "true", &[])] }));
    let mut world = World::answering(plan, |_| None);
    world.settle();
    for (step, code) in [("loop[0]", 0), ("bad", 1), ("loop[1]", 0)] {
        let at = world.under_way.iter().position(|act| act.step.as_str() == step).unwrap();
        let act = world.under_way.remove(at);
        world.deliver(&act, exited(code, ""));
        world.settle();
    }
    assert_eq!(world.run.status(), Status::Failed);
    let retry = world.run.retry(&actor("me"), Vec::new()).unwrap();
    world.record(retry);
    world.settle();
    assert_eq!(world.acted, ["bad", "loop[0]", "loop[1]", "bad", "loop[2]"]);
    let cancel = world.run.cancel(&actor("me"), None).unwrap().unwrap();
    world.record(cancel);
    world.settle();
    assert_eq!(world.under_way.last().unwrap().step.as_str(), "@undo/loop[1]");
}

#[test]
fn a_timeout_of_an_effect_is_retried_where_the_policy_says_so() {
    let mut step = retried(shell("a", "true", &[]), 2);
    step["retry"]["on"] = json!(["timeout"]);
    let mut first = true;
    let answer = move |_: &Act| {
        if std::mem::take(&mut first) {
            Some(Outcome::TimedOut { stdout: "".into(), stderr: "".into() })
        } else {
            Some(exited(1, ""))
        }
    };
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [step] })), answer);
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!(world.count("attempted", "a"), 2);
}

#[test]
fn a_failure_reported_by_the_holder_spends_an_attempt() {
    let prompt = json!({ "id": "ask", "action": { "prompt": { "source": { "text": "?" } } } });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [retried(prompt, 2)] })));
    world.settle();
    let first = world.submission("ask", "a", Content::Failure { message: "can't".into() });
    world.hand_in(first);
    assert_eq!(world.finish(), Status::PendingAction);
    let second = world.submission("ask", "a", Content::Result(Json::of(&json!("ok"))));
    assert_eq!(world.run.action(&second.action).unwrap().opened.attempt, 2);
    world.hand_in(second);
    assert_eq!(world.finish(), Status::Completed);
}

proptest! {
    #[test]
    fn pauses_never_shrink_and_never_pass_their_bound(
        delay_ms in any::<u64>(), backoff in prop_oneof![0.0_f64..10.0, Just(1e300)], cap in prop::option::of(1_u64..10_000_000),
        entropy in any::<u64>(), now in any::<i64>(),
    ) {
        let policy = |jitter| Retry { attempts: 50, delay_ms, backoff, max_delay_ms: cap, jitter, on: Vec::new() };
        let pauses: Vec<u64> = (1..50).map(|tries| retry::pause_ms(&policy(false), tries)).collect();
        prop_assert!(pauses.is_sorted());
        prop_assert!(pauses.iter().all(|pause| cap.is_none_or(|cap| *pause <= cap)));
        let error = failure("any", String::new());
        for (tries, pause) in (1..).zip(pauses) {
            let due = |jitter| retry::next_due(Some(&policy(jitter)), tries, &error, now, entropy);
            prop_assert_eq!(due(false), Some(now.saturating_add_unsigned(pause)));
            prop_assert!(due(true) <= due(false) && due(true) >= Some(now.saturating_add_unsigned(pause / 2)));
        }
        prop_assert_eq!(retry::next_due(Some(&policy(false)), 50, &error, now, entropy), None);
    }
}
