//! Retries, timeouts, tolerance, interruption, cancel, undo, pause and another chance.

use super::world::{World, actor, exited, like_a_shell, plan, shell};
use crate::engine::command::{Act, Outcome};
use crate::engine::decide::{Reach, retry};
use crate::engine::event::{Content, Json, Key};
use crate::engine::status::Status;
use crate::engine::steps::failure;
use crate::language::plan::Retry;
use proptest::prelude::*;
use serde_json::{Value, json};

fn retried(mut step: Value, attempts: u32) -> Value {
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
fn a_tolerated_failure_lets_the_run_go_on() {
    let mut step = shell("a", "false", &[]);
    step["on_error"] = json!("continue");
    let mut world = World::new(plan(json!({
        "name": "w", "steps": [step, shell("b", "true", &["a"])],
        "outputs": { "a": "{{ steps.a.status }} {{ steps.a.exit_code }}" },
    })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.result(), json!({ "a": "failed 1" }));
}

#[test]
fn a_failure_lets_effects_under_way_end_and_calls_off_the_rest() {
    let prompt = json!({ "id": "ask", "action": { "prompt": { "source": { "text": "?" } } } });
    let answer = |act: &Act| (act.step.as_str() != "slow").then(|| like_a_shell(act)).flatten();
    let plan = plan(
        json!({ "name": "w", "steps": [shell("slow", "true", &[]), prompt, shell("bad", "false", &[]), shell("after", "true", &["bad"])] }),
    );
    let mut world = World::answering(plan, answer);
    assert_eq!(world.settle(), Status::Running);
    assert!(world.open().is_empty());
    let slow = world.under_way.remove(0);
    world.deliver(&slow, exited(0, ""));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.acted, ["slow", "bad"]);
}

#[test]
fn the_whole_run_has_a_time() {
    let plan = plan(
        json!({ "name": "w", "timeout_ms": 5000, "steps": [{ "id": "ask", "action": { "prompt": { "source": { "text": "?" } } } }],
        "finally": [shell("clean", "true", &[])] }),
    );
    let mut world = World::new(plan);
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!((world.now, world.error_kind().as_str()), (6000, "timeout"));
    assert_eq!(world.acted, ["@finally/clean"]);
}

#[test]
fn a_group_has_a_time_and_what_is_inside_is_ended() {
    let mut group = json!({ "id": "g", "action": { "group": [shell("x", "true", &[])] } });
    group["timeout_ms"] = json!(500);
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [group] })), |_| None);
    world.settle();
    assert_eq!(world.under_way.len(), 1);
    world.now += 500;
    assert_eq!(world.settle(), Status::Failed);
    assert!(!world.run.is_underway(&world.under_way[0].step));
    let late = world.under_way.remove(0);
    let before = world.journal.len();
    world.deliver(&late, exited(0, ""));
    assert_eq!(world.journal.len(), before);
}

#[test]
fn an_interrupted_shell_step_is_asked_about() {
    let plan = plan(
        json!({ "name": "w", "steps": [shell("a", "true", &[])], "outputs": { "a": "{{ steps.a.result }}" } }),
    );
    for (decision, status) in
        [("ran", Status::Completed), ("again", Status::Completed), ("give_up", Status::Failed)]
    {
        let mut world = World::answering(plan.clone(), |_| None);
        world.settle();
        world.crash();
        assert_eq!(world.settle(), Status::PendingAction);
        assert_eq!(world.open(), ["a"]);
        world.submit("a", "x", json!({ "decision": decision, "result": 5 }));
        world.settle();
        if decision == "again" {
            assert_eq!(world.under_way[0].attempt, 2);
            let act = world.under_way.remove(0);
            world.deliver(&act, exited(0, ""));
        }
        assert_eq!(world.settle(), status, "{decision}");
    }
}

#[test]
fn an_interrupted_step_follows_its_policy() {
    for (policy, events) in [
        (json!("rerun"), "attempted"),
        (json!("fail"), "failed"),
        (json!({ "check": "test -f done" }), "check_started"),
    ] {
        let mut step = shell("a", "true", &[]);
        step["on_interrupt"] = policy;
        let mut world = World::answering(plan(json!({ "name": "w", "steps": [step] })), |_| None);
        world.settle();
        world.crash();
        world.settle();
        assert_eq!(world.names()[3], events);
    }
    let mut world = World::answering(
        plan(json!({ "name": "w", "steps": [retried(shell("a", "true", &[]), 2)] })),
        |_| None,
    );
    world.settle();
    world.crash();
    world.settle();
    assert_eq!(world.names()[3], "attempted");
}

#[test]
fn the_check_of_an_interrupted_step_decides() {
    for (code, last) in [(0, "finished"), (1, "attempted")] {
        let mut step = shell("a", "work", &[]);
        step["on_interrupt"] = json!({ "check": "test -f done" });
        let mut world = World::answering(plan(json!({ "name": "w", "steps": [step] })), |_| None);
        world.settle();
        world.crash();
        world.settle();
        let check = world.under_way.remove(0);
        world.deliver(&check, exited(code, ""));
        world.settle();
        assert!(world.names().contains(&last), "{:?}", world.names());
        assert_eq!(world.count("attempted", "a"), if code == 0 { 1 } else { 2 });
    }
}

#[test]
fn cancel_undoes_what_was_done_in_reverse() {
    let with_undo = |id: &str, needs: &[&str]| {
        let mut step = shell(id, "true", needs);
        step["undo"] = shell("undo", &format!("echo undo-{id}"), &[]);
        step
    };
    let prompt =
        json!({ "id": "ask", "needs": ["b"], "action": { "prompt": { "source": { "text": "?" } } } });
    let mut world = World::new(plan(json!({
        "name": "w", "steps": [with_undo("a", &[]), with_undo("b", &["a"]), prompt], "finally": [shell("clean", "true", &[])],
    })));
    assert_eq!(world.settle(), Status::PendingAction);
    let cancel = world.run.cancel(&actor("me"), Some("enough".into())).unwrap().unwrap();
    world.record(cancel);
    assert_eq!(world.settle(), Status::Cancelled);
    assert_eq!(world.acted, ["a", "b", "@undo/b", "@undo/a", "@finally/clean"]);
    assert!(world.open().is_empty());
    assert!(world.run.cancel(&actor("me"), None).is_err());
}

#[test]
fn a_failed_run_can_still_be_cancelled_and_undone() {
    let mut step = shell("a", "true", &[]);
    step["undo"] = shell("undo", "true", &[]);
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step, shell("b", "false", &["a"])] })));
    assert_eq!(world.settle(), Status::Failed);
    let cancel = world.run.cancel(&actor("me"), None).unwrap().unwrap();
    world.record(cancel);
    assert_eq!(world.settle(), Status::Cancelled);
    assert_eq!(world.acted, ["a", "b", "@undo/a"]);
}

#[test]
fn cancel_ends_effects_under_way() {
    let mut world =
        World::answering(plan(json!({ "name": "w", "steps": [shell("a", "true", &[])] })), |_| None);
    world.settle();
    let cancel = world.run.cancel(&actor("me"), None).unwrap().unwrap();
    world.record(cancel);
    assert!(!world.run.is_underway(&world.under_way[0].step));
    assert_eq!(world.settle(), Status::Cancelled);
}

#[test]
fn a_paused_run_begins_nothing_and_keeps_what_comes_in() {
    let plan = plan(json!({ "name": "w", "steps": [shell("a", "true", &[]), shell("b", "true", &["a"])] }));
    let mut world = World::answering(plan, |_| None);
    world.settle();
    let pause = world.run.pause(&actor("me")).unwrap().unwrap();
    world.record(pause);
    let act = world.under_way.remove(0);
    world.deliver(&act, exited(0, ""));
    assert_eq!(world.settle(), Status::Paused);
    assert_eq!(world.count("attempted", "b"), 0);
    let resume = world.run.unpause(&actor("me")).unwrap().unwrap();
    world.record(resume);
    world.settle();
    assert_eq!(world.count("attempted", "b"), 1);
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
fn an_outcome_that_cannot_be_parsed_is_a_failure_that_keeps_the_output() {
    let mut step = shell("a", "echo {", &[]);
    step["parse"] = json!("json");
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.error_kind(), "parse");
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
fn a_failed_check_before_a_step_fails_it_and_one_after_it_disproves_it() {
    for list in ["enforcement", "validation"] {
        let mut step = shell("a", "true", &[]);
        step[list] = json!(["holds"]);
        let checks = json!({ "holds": { "shell": { "shell": { "run": "false" }, "dir": null, "env": {}, "timeout_ms": null } } });
        let mut world = World::new(plan(json!({ "name": "w", "checks": checks, "steps": [step] })));
        assert_eq!(world.settle(), Status::Failed);
        assert_eq!(world.error_kind(), list);
        assert_eq!(world.count("attempted", "a"), usize::from(list == "validation"));
    }
}

#[test]
fn an_event_wakes_who_waits_and_is_kept_for_who_does_not_yet() {
    let wait = json!({ "id": "w", "needs": ["a"], "action": { "wait": { "what": { "event": { "name": "go" } }, "timeout_ms": null, "on_timeout": "fail" } } });
    let plan = plan(
        json!({ "name": "w", "steps": [shell("a", "true", &[]), wait], "outputs": { "w": "{{ steps.w.result }}" } }),
    );
    for early in [true, false] {
        let mut world = World::new(plan.clone());
        if !early {
            assert_eq!(world.settle(), Status::Waiting);
        }
        let signal = world.run.notify(&actor("me"), ("go", &json!({ "n": 1 })), Reach::Kept).unwrap();
        world.record(signal.unwrap());
        assert_eq!(world.settle(), Status::Completed);
        assert_eq!(world.result(), json!({ "w": { "n": 1 } }));
    }
}

#[test]
fn an_approval_that_nobody_gives_ends_as_its_author_said() {
    for (on_timeout, status) in
        [("fail", Status::Failed), ("reject", Status::Failed), ("continue", Status::Completed)]
    {
        let wait = json!({ "id": "ok", "action": { "wait": { "what": { "approval": { "ask": "?" } }, "timeout_ms": 1000, "on_timeout": on_timeout } } });
        let mut world = World::new(plan(json!({ "name": "w", "steps": [wait] })));
        assert_eq!(world.settle(), Status::PendingAction);
        assert_eq!(world.finish(), status);
        assert!(world.open().is_empty());
    }
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
