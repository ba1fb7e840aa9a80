//! Loops and repetitions.

use super::world::{World, exited, like_a_shell, plan, shell};
use crate::engine::command::{Act, Effect};
use crate::engine::status::Status;
use serde_json::{Value, json};

fn looped(mut step: Value, items: &Value, parallel: u32) -> Value {
    step["foreach"] =
        json!({ "items": { "list": items }, "name": "who", "parallel": parallel, "filter": null });
    step
}

#[test]
fn a_loop_runs_its_items_in_order_and_gives_the_list_of_results() {
    let step = looped(shell("greet", "echo {{ who }}{{ index }}", &[]), &json!(["a", "b", "c"]), 1);
    let mut world = World::new(plan(
        json!({ "name": "w", "steps": [step], "outputs": { "all": "{{ steps.greet.result }}" } }),
    ));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["greet[0]", "greet[1]", "greet[2]"]);
    assert_eq!(world.result(), json!({ "all": ["a0", "b1", "c2"] }));
}

#[test]
fn no_more_items_run_side_by_side_than_allowed() {
    let step = looped(shell("x", "true", &[]), &json!([1, 2, 3, 4, 5]), 2);
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [step] })), |_| None);
    world.settle();
    for done in 0..5 {
        assert_eq!(world.under_way.len(), 2.min(5 - done));
        let act = world.under_way.remove(0);
        world.deliver(&act, exited(0, ""));
        world.settle();
    }
    assert_eq!(world.run.status(), Status::Completed);
}

#[test]
fn an_item_is_filtered_by_a_condition_that_speaks_of_it() {
    let mut step = looped(shell("x", "true", &[]), &json!([1, 2, 3, 4]), 1);
    step["foreach"]["filter"] = json!("item % 2 == 0");
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["x[1]", "x[3]"]);
}

#[test]
fn a_failing_item_ends_the_loop_unless_failures_are_tolerated() {
    let fails_second = |act: &Act| Some(exited(i32::from(act.step.as_str() == "x[1]"), ""));
    let step = looped(shell("x", "true", &[]), &json!([1, 2, 3]), 1);
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [step.clone()] })), fails_second);
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.acted, ["x[0]", "x[1]"]);

    let mut tolerant = step;
    tolerant["on_error"] = json!("continue");
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [tolerant] })), fails_second);
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted.len(), 3);
}

#[test]
fn an_empty_loop_is_done_at_once_and_something_else_is_not_a_list() {
    let step = looped(shell("x", "true", &[]), &json!([]), 1);
    let mut world =
        World::new(plan(json!({ "name": "w", "steps": [step], "outputs": { "x": "{{ steps.x.result }}" } })));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.result(), json!({ "x": [] }));

    let mut step = shell("x", "true", &[]);
    step["foreach"] =
        json!({ "items": { "expression": "run.id" }, "name": null, "parallel": 1, "filter": null });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.error_kind(), "not_a_list");
}

#[test]
fn a_repetition_ends_when_its_condition_holds_and_pauses_between_rounds() {
    let mut round = 0;
    let answer = move |_: &Act| {
        round += 1;
        Some(exited(0, if round == 3 { "ready" } else { "no" }))
    };
    let mut step = shell("poll", "true", &[]);
    step["repeat"] = json!({ "until": "steps.poll.result == 'ready'", "max": 10, "every_ms": 5000 });
    let mut world = World::answering(
        plan(json!({ "name": "w", "steps": [step], "outputs": { "x": "{{ steps.poll.result }}" } })),
        answer,
    );
    assert_eq!(world.finish(), Status::Completed);
    assert_eq!(world.acted, ["poll~1", "poll~2", "poll~3"]);
    assert_eq!(world.now, 1000 + 2 * 5000);
    assert_eq!(world.result(), json!({ "x": "ready" }));
}

#[test]
fn a_repetition_that_never_comes_true_fails() {
    let mut step = shell("poll", "true", &[]);
    step["repeat"] = json!({ "until": "false", "max": 3, "every_ms": 0 });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!((world.acted.len(), world.error_kind().as_str()), (3, "repeat_exhausted"));
}

#[test]
fn loops_nest_and_see_their_items() {
    let inner = looped(shell("i", "echo {{ item }}", &[]), &json!(["{{ who }}x", "{{ who }}y"]), 1);
    let inner = {
        let mut inner = inner;
        inner["foreach"]["name"] = json!(null);
        inner
    };
    let outer = looped(json!({ "id": "o", "action": { "group": [inner] } }), &json!(["a", "b"]), 1);
    let mut world = World::answering(
        plan(json!({ "name": "w", "steps": [outer], "outputs": { "x": "{{ steps.o.result }}" } })),
        |act| {
            if let Effect::Shell { shell, .. } = &act.effect {
                assert!(shell.run.len() == 9, "{}", shell.run);
            }
            like_a_shell(act)
        },
    );
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["o[0]/i[0]", "o[0]/i[1]", "o[1]/i[0]", "o[1]/i[1]"]);
    assert_eq!(world.result(), json!({ "x": [{ "i": ["ax", "ay"] }, { "i": ["bx", "by"] }] }));
}

#[test]
fn retry_after_a_failed_loop_does_not_repeat_items_that_are_done() {
    let mut bad = true;
    let answer =
        move |act: &Act| Some(exited(i32::from(act.step.as_str() == "x[1]" && std::mem::take(&mut bad)), ""));
    let step = looped(shell("x", "true", &[]), &json!([1, 2, 3]), 1);
    let mut world = World::answering(plan(json!({ "name": "w", "steps": [step] })), answer);
    assert_eq!(world.settle(), Status::Failed);
    let retry = world.run.retry(&super::world::actor("me"), Vec::new()).unwrap();
    world.record(retry);
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.acted, ["x[0]", "x[1]", "x[1]", "x[2]"]);
}
