//! Timeouts, tolerance, interruption, cancel, undo and pause.

use super::retries::retried;
use super::world::{World, actor, exited, like_a_shell, plan, shell};
use crate::engine::command::Act;
use crate::engine::decide::Reach;
use crate::engine::status::Status;
use serde_json::json;

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
fn an_outcome_that_cannot_be_parsed_is_a_failure_that_keeps_the_output() {
    let mut step = shell("a", "echo {", &[]);
    step["parse"] = json!("json");
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.error_kind(), "parse");
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
