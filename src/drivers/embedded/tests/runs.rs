//! Runs of one process.

use super::desk::{Desk, LONG, actor, prompt, shell};
use crate::drivers::driver::{Driver, Error, Signal, Submitted};
use crate::engine::status::Status;
use serde_json::json;
use tempfile::TempDir;

#[test]
fn a_run_of_shell_steps_is_carried_to_its_end() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({
        "name": "w",
        "steps": [shell("a", "echo hello; echo \"$WFMCP_STEP_ID $WFMCP_ATTEMPT\" >&2", &[]), shell("b", "echo {{ steps.a.result }} world", &["a"])],
        "outputs": { "b": "{{ steps.b.result }}", "err": "{{ steps.a.stderr }}" },
    }));
    let report = desk.wait(&run);
    assert_eq!(
        (report.status, report.result),
        (Status::Completed, Some(json!({ "b": "hello world", "err": "a 1\n" })))
    );
    assert_eq!(desk.names(&run), ["started", "attempted", "finished", "attempted", "finished", "ended"]);
    let row = desk.journal.run(&run).unwrap();
    assert_eq!((row.status.as_str(), row.ready, row.steps_done), ("completed", false, 2));
}

#[test]
fn branches_run_side_by_side() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let meet = |mine: &str, other: &str| {
        format!("touch {mine}; for i in $(seq 500); do [ -e {other} ] && exit 0; sleep 0.01; done; exit 1")
    };
    let run = desk.start(
        json!({ "name": "w", "steps": [shell("a", &meet("x", "y"), &[]), shell("b", &meet("y", "x"), &[])] }),
    );
    assert_eq!(desk.wait(&run).status, Status::Completed);
}

#[test]
fn a_prompt_parks_the_run_and_its_answer_carries_it_on() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({
        "name": "w", "steps": [prompt("ask", &[]), shell("b", "echo {{ steps.ask.result }}", &["ask"])],
        "outputs": { "b": "{{ steps.b.result }}" },
    }));
    let report = desk.wait(&run);
    assert_eq!(report.status, Status::PendingAction);
    assert_eq!(desk.submit(&run, &report, &json!("it's")), Submitted::Accepted);
    assert_eq!(desk.submit(&run, &report, &json!("it's")), Submitted::AlreadyAccepted);
    assert_eq!(desk.wait(&run).result, Some(json!({ "b": "it's" })));
}

#[test]
fn a_submission_is_answered_once_its_checks_have_spoken() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let mut step = prompt("ask", &[]);
    step["validation"] = json!(["done"]);
    let checks = json!({ "done": { "shell": { "shell": { "run": "test -e done || { echo nothing done >&2; exit 1; }" }, "dir": null, "env": {}, "timeout_ms": null } } });
    let run = desk.start(json!({ "name": "w", "checks": checks, "steps": [step] }));
    let report = desk.wait(&run);
    let Submitted::Refused(problems) = desk.submit(&run, &report, &json!(1)) else { panic!("not refused") };
    assert_eq!((problems[0].pointer.as_str(), problems[0].got.as_str()), ("done", "nothing done"));
    #[expect(clippy::disallowed_methods, reason = "the work that the check looks for")]
    std::fs::write(home.path().join("done"), "").unwrap();
    assert_eq!(desk.submit(&run, &report, &json!(1)), Submitted::Accepted);
    assert_eq!(desk.wait(&run).status, Status::Completed);
}

#[test]
fn a_cancel_ends_the_children_of_a_busy_run() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    for steps in [
        json!([shell("a", "sleep 600", &[])]),
        json!([shell("a", "sleep 600", &[]), shell("b", "sleep 600", &[])]),
    ] {
        let run = desk.start(json!({ "name": "w", "steps": steps }));
        while !desk.names(&run).contains(&"attempted".to_owned()) {
            desk.driver.wait_change(&run, 1, LONG).unwrap();
        }
        desk.driver.signal(&run, Signal::Cancel { reason: None }, &actor("me")).unwrap();
        assert_eq!(desk.wait(&run).status, Status::Cancelled);
    }
}

#[test]
fn time_passes_by_itself() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let wait = |id: &str, text: &str, needs: &[&str]| json!({ "id": id, "needs": needs, "action": { "wait": { "what": { "duration": text }, "timeout_ms": null, "on_timeout": "fail" } } });
    let run = desk.start(
        json!({ "name": "w", "steps": [wait("short", "20ms", &[]), wait("long", "2100ms", &["short"])] }),
    );
    assert_eq!(desk.wait(&run).status, Status::Completed);
}

#[test]
fn a_child_run_is_a_run_and_its_parent_goes_on_with_its_outputs() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let child = json!({
        "name": "child", "inputs": [{ "name": "n", "schema": { "type": "integer", "default": 3 } }],
        "steps": [prompt("ask", &[])], "outputs": { "sum": "{{ steps.ask.result + inputs.n }}" },
    });
    let run = desk.start(json!({
        "name": "w", "children": { "child": child },
        "steps": [{ "id": "c", "action": { "workflow": { "name": "child", "with": {} } } }],
        "outputs": { "sum": "{{ steps.c.result.sum }}" },
    }));
    let report = desk.wait(&run);
    assert_eq!(report.status, Status::PendingAction);
    let child = crate::engine::event::RunId::new(&report.actions[0].run_id);
    assert_ne!(child, run);
    desk.submit(&child, &report, &json!(4));
    assert_eq!(desk.wait(&run).result, Some(json!({ "sum": 7 })));
}

#[test]
fn cancelling_a_parent_cancels_its_child() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({
        "name": "w", "children": { "child": { "name": "child", "steps": [prompt("ask", &[])] } },
        "steps": [{ "id": "c", "action": { "workflow": { "name": "child", "with": {} } } }],
    }));
    let report = desk.wait(&run);
    let child = crate::engine::event::RunId::new(&report.actions[0].run_id);
    desk.driver.signal(&run, Signal::Cancel { reason: None }, &actor("me")).unwrap();
    desk.driver.carry(&run).unwrap();
    assert_eq!(desk.wait(&run).status, Status::Cancelled);
    assert_eq!(desk.wait(&child).status, Status::Cancelled);
}

#[test]
fn an_operation_is_called_with_a_key_of_its_own() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({
        "name": "w", "steps": [{ "id": "c", "action": { "call": { "operation": "list_projects", "with": { "n": "{{ 1 }}" } } } }],
        "outputs": { "c": "{{ steps.c.result }}" },
    }));
    let result = desk.wait(&run).result.unwrap();
    assert_eq!(result["c"]["with"], json!({ "n": 1 }));
    assert_eq!(result["c"]["key"], json!(format!("{run}/c")));
}

#[test]
fn large_output_is_a_value_all_the_same() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({
        "name": "w", "steps": [shell("a", "yes 12345678 | head -n 100000", &[])],
        "outputs": { "n": "{{ steps.a.stdout | length }}" },
    }));
    assert_eq!(desk.wait(&run).result, Some(json!({ "n": 900_000 })));
}

#[test]
fn too_many_pending_actions_refuse_new_runs_only() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let plan = || json!({ "name": "w", "steps": [prompt("ask", &[])] });
    let first = desk.start(plan());
    for _ in 0..4 {
        let run = desk.start(plan());
        desk.wait(&run);
    }
    let report = desk.wait(&first);
    let start = crate::drivers::driver::Start {
        plan: std::sync::Arc::new(serde_json::from_value(plan()).unwrap()),
        inputs: serde_json::Map::new(),
        by: actor("starter"),
        dir: "/".into(),
        run: None,
        parent: None,
        labels: serde_json::Map::new(),
        work_item: None,
        applied: None,
        no_cache: false,
    };
    assert!(matches!(desk.driver.start(start), Err(Error::TooManyPending { pending: 5, limit: 5 })));
    assert_eq!(desk.submit(&first, &report, &json!(1)), Submitted::Accepted);
}

#[test]
fn a_call_that_keeps_records_is_decided_and_done_at_once() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let call = |id: &str, operation: &str| json!({ "id": id, "action": { "call": { "operation": operation, "with": {} } } });
    let steps = [call("a", "keep"), call("b", "keep"), call("c", "keep_and_panic")];
    let run = desk.start(json!({ "name": "w", "steps": steps }));
    let report = desk.wait(&run);
    assert_eq!((report.status, report.error.unwrap().kind.as_str()), (Status::Failed, "internal"));
    let events = desk.journal.read(&run, 0).unwrap();
    assert_eq!(
        desk.names(&run),
        ["started", "attempted", "finished", "attempted", "finished", "attempted", "failed", "ended"]
    );
    assert_eq!(events.len(), 8);
}

#[test]
fn a_run_that_is_never_still_hears_what_comes_from_outside() {
    let home = TempDir::new().unwrap();
    let (desk, other) = (Desk::at(home.path()), Desk::at(home.path()));
    let calls = 4_000;
    let each = json!({
        "id": "each", "foreach": { "items": { "expression": format!("range({calls}) | list") }, "parallel": 4 },
        "action": { "call": { "operation": "keep", "with": {} } },
    });
    let run = desk.start(json!({ "name": "w", "steps": [each] }));
    while other.names(&run).len() < 1_000 {
        other.driver.wait_change(&run, 1_000, LONG).unwrap();
    }
    other.driver.signal(&run, Signal::Cancel { reason: None }, &actor("me")).unwrap();
    assert_eq!(desk.wait(&run).status, Status::Cancelled);
    let finished = desk.names(&run).into_iter().filter(|event| event == "finished").count();
    assert!(finished < calls, "it was heard when it was over");
}
