//! Runs as tasks: a handle for what takes longer, which outlives the server that gave it.

use crate::harness::{LATEST_SESSION, Sandbox, Server, wait_until};
use serde_json::{Value, json};

const LONG: &str = r#"
name: long
steps:
  - id: nap
    shell: 'while [ ! -e go ]; do sleep 0.05; done'
    on_interrupt: rerun
  - id: agree
    wait: { for: approval, ask: Fine?, timeout: 1h }
outputs: { fine: "{{ steps.agree.result.approved }}" }
"#;

fn capabilities() -> Value {
    json!({ "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } })
}

fn get(server: &mut Server, id: &str) -> Value {
    server.result("tasks/get", json!({ "taskId": id }))
}

#[test]
fn a_call_that_takes_longer_is_a_task_until_its_run_rests() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", LONG);
    let mut server = Server::start(&sandbox, &[]).modern("agent", capabilities());
    let handle = server
        .result("tools/call", json!({ "name": "start_workflow", "arguments": { "workflow": "long.yaml" } }));
    assert_eq!((&handle["resultType"], &handle["status"]), (&json!("task"), &json!("working")), "{handle}");
    let id = handle["taskId"].as_str().unwrap().to_owned();
    assert!(handle["pollIntervalMs"].is_number() && handle["ttlMs"].is_null(), "{handle}");
    assert_eq!(get(&mut server, &id)["status"], "working");
    // The server dies, the task does not.
    server.kill();
    let mut server = Server::start(&sandbox, &[]).modern("agent", capabilities());
    assert_eq!(get(&mut server, &id)["status"], "working");
    sandbox.file("go", "");
    let mut task = Value::Null;
    wait_until(|| {
        task = get(&mut server, &id);
        task["status"] != "working"
    });
    assert_eq!(task["status"], "input_required", "{task}");
    let key = task["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
    let answer = json!({ key: { "action": "accept", "content": { "decision": "approve" } } });
    server.result("tasks/update", json!({ "taskId": id, "inputResponses": answer }));
    wait_until(|| {
        task = get(&mut server, &id);
        task["status"] == "completed"
    });
    let report = &task["result"]["structuredContent"];
    assert_eq!((&report["status"], &report["result"]["fine"]), (&json!("completed"), &json!(true)), "{task}");
    server.close().ok();
}

#[test]
fn a_task_is_cancelled_and_an_unknown_one_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", LONG);
    let mut server = Server::start(&sandbox, &[]).modern("agent", capabilities());
    let handle = server
        .result("tools/call", json!({ "name": "start_workflow", "arguments": { "workflow": "long.yaml" } }));
    let id = handle["taskId"].as_str().unwrap_or_else(|| panic!("{handle}")).to_owned();
    server.result("tasks/cancel", json!({ "taskId": id }));
    wait_until(|| get(&mut server, &id)["status"] == "cancelled");
    for method in ["tasks/get", "tasks/cancel"] {
        let refused = server.request(method, json!({ "taskId": "r-nobody" }));
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
    server.close().ok();
}

#[test]
fn who_does_not_know_tasks_gets_none() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", LONG);
    let mut server = Server::stateless(&sandbox, &["--patience", "1s"]);
    let report = server.call("start_workflow", json!({ "workflow": "long.yaml" }));
    assert_eq!(report["status"], "running", "{report}");
    let refused = server.request("tasks/get", json!({ "taskId": report["run_id"] }));
    assert_eq!(refused["error"]["code"], -32021, "{refused}");
    server.close().ok();
}

#[test]
fn a_session_has_no_tasks_and_what_starts_in_the_background_needs_none() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", LONG);
    let mut session =
        Server::start(&sandbox, &["--patience", "1s"]).initialized(LATEST_SESSION, "agent", capabilities());
    assert_eq!(session.call("start_workflow", json!({ "workflow": "long.yaml" }))["status"], "running");
    session.close().ok();
    let mut server = Server::start(&sandbox, &[]).modern("agent", capabilities());
    let tracked = server.call("execute_workflow", json!({ "workflow": "long.yaml" }));
    assert!(tracked["run_id"].is_string() && tracked["inputs"].is_object(), "{tracked}");
    server.close().ok();
}
