//! Order, conditions, values and the ends of runs.

use super::world::{World, plan, shell};
use crate::engine::status::Status;
use serde_json::json;

#[test]
fn steps_run_in_the_order_they_need_each_other() {
    let mut world = World::new(plan(json!({
        "name": "w",
        "steps": [shell("a", "echo 1", &[]), shell("b", "echo 2", &["a"]), shell("c", "echo 3", &[]),
                  shell("d", "echo {{ steps.b.result }}{{ steps.c.result }}", &["b", "c"])],
        "outputs": { "all": "{{ steps.d.stdout }}" },
    })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["a", "c", "b", "d"]);
    assert_eq!(world.result(), json!({ "all": "23\n" }));
}

#[test]
fn a_false_condition_skips_a_step_and_those_after_it_go_on() {
    let mut skipped = shell("b", "echo 2", &["a"]);
    skipped["when"] = json!("steps.a.result == 'yes'");
    let mut world = World::new(plan(json!({
        "name": "w",
        "steps": [shell("a", "echo no", &[]), skipped, shell("c", "true", &["b"])],
        "outputs": { "b": "{{ steps.b.status }}", "result": "{{ steps.b.result }}" },
    })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["a", "c"]);
    assert_eq!(world.result(), json!({ "b": "skipped", "result": null }));
}

#[test]
fn a_sequential_step_is_one_transition() {
    let mut world = World::new(plan(
        json!({ "name": "w", "steps": [shell("a", "true", &[]), shell("b", "true", &["a"])] }),
    ));
    world.settle();
    assert_eq!(world.names(), ["started", "attempted", "finished", "attempted", "finished", "ended"]);
}

#[test]
fn set_writes_state_and_keeps_types() {
    let mut world = World::new(plan(json!({
        "name": "w",
        "state": { "n": 1 },
        "steps": [
            { "id": "s", "action": { "set": { "n": "{{ state.n + 9007199254740993 }}", "list": ["{{ state.n }}"] } } },
        ],
        "outputs": { "n": "{{ state.n }}", "list": "{{ state.list }}" },
    })));
    world.settle();
    assert_eq!(world.result(), json!({ "n": 9_007_199_254_740_994_i64, "list": [1] }));
}

#[test]
fn a_group_gives_the_map_of_its_results_and_has_its_own_order() {
    let group = json!({ "id": "g", "action": { "group": [shell("x", "echo 1", &[]), shell("y", "echo {{ steps.x.result }}2", &["x"])] } });
    let mut world = World::new(plan(json!({
        "name": "w", "steps": [group], "outputs": { "g": "{{ steps.g.result }}" },
    })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["g/x", "g/y"]);
    assert_eq!(world.result(), json!({ "g": { "x": "1", "y": "12" } }));
}

#[test]
fn on_failure_and_finally_follow_a_failure_and_see_it() {
    let mut world = World::new(plan(json!({
        "name": "w",
        "steps": [shell("a", "false", &[]), shell("b", "true", &["a"])],
        "on_failure": [shell("tell", "echo {{ run.error.kind }}", &[])],
        "finally": [shell("clean", "true", &[])],
    })));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.acted, ["a", "@failure/tell", "@finally/clean"]);
    assert_eq!(world.error_kind(), "exit_code");
}

#[test]
fn finally_follows_success_too_and_its_failure_counts() {
    let mut world = World::new(plan(json!({
        "name": "w", "steps": [shell("a", "true", &[])], "finally": [shell("clean", "false", &[])],
    })));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.acted, ["a", "@finally/clean"]);
}

#[test]
fn an_output_that_cannot_be_made_fails_the_run() {
    let mut world = World::new(plan(
        json!({ "name": "w", "steps": [shell("a", "true", &[])], "outputs": { "x": "{{ steps.nope.result }}" } }),
    ));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.error_kind(), "template_undefined");
}

#[test]
fn a_child_run_is_started_once_and_its_answer_is_the_result() {
    let mut world = World::new(plan(json!({
        "name": "w",
        "children": { "other": { "name": "other", "inputs": [{ "name": "n", "schema": { "type": "integer" } }] } },
        "steps": [{ "id": "child", "action": { "workflow": { "name": "other", "with": { "n": 1 } } } }],
        "outputs": { "child": "{{ steps.child.result }}" },
    })));
    world.settle();
    assert_eq!(world.names()[1], "child_started");
    assert_eq!(world.run.status(), Status::Completed);
    assert_eq!(world.acted, ["child"]);
}
