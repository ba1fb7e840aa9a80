//! Agents that know only `instructions` and `tools/list`: they carry a workflow to its end, alone, with people, after each
//! other.

use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

/// A prompt, a delegation, an approval by a person, a tool of the agent's, and two shells.
const WORK: &str = r#"
name: ship
inputs: { version: { type: string } }
steps:
  - id: look
    shell: echo three commits
  - id: notes
    prompt: "Write notes for {{ inputs.version }} from: {{ steps.look.result }}"
    result:
      type: object
      required: [title, words]
      properties: { title: { type: string, minLength: 5 }, words: { type: integer } }
  - id: ticket
    mcp_call: { server: tracker, tool: create_issue, arguments: { title: "{{ steps.notes.result.title }}" } }
    result: { type: object, required: [number], properties: { number: { type: integer } } }
  - id: check
    delegate: { to: reviewer, task: Review the notes, context: { notes: "{{ steps.notes.result }}" } }
    result: { type: object, required: [fine], properties: { fine: { type: boolean } } }
  - id: agree
    wait: { for: approval, ask: "Ship {{ inputs.version }}?", timeout: 1h }
  - id: publish
    shell: echo {{ inputs.version }} {{ steps.ticket.result.number }} > shipped
outputs: { title: "{{ steps.notes.result.title }}" }
"#;

/// Does what a report asks for by what the report says, and nothing else.
fn act(agent: &mut Server, report: &Value) -> Value {
    let action = &report["action"];
    let id = action["action_id"].as_str().unwrap().to_owned();
    match action["action_type"].as_str().unwrap() {
        "approval" => {
            agent.call("get_workflow_status", json!({ "run": report["run_id"], "wait_seconds": 25 }))
        }
        "mcp_call" => {
            assert_eq!(action["parameters"]["tool"], "create_issue");
            let arguments = &action["parameters"]["arguments"];
            assert!(arguments["title"].is_string(), "{action}");
            agent.call("submit_result", json!({ "action": id, "result": { "number": 42 } }))
        }
        _ => agent.call("submit_result", json!({ "action_id": id, "result": action["example"] })),
    }
}

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("ship.yaml", WORK);
    sandbox
}

fn start(agent: &mut Server) -> Value {
    agent.call("start_workflow", json!({ "workflow": "ship.yaml", "parameters": { "version": "1.2.0" } }))
}

#[test]
fn an_agent_carries_a_workflow_to_its_end_with_a_person_beside_it() {
    for stateless in [false, true] {
        let sandbox = place();
        let mut agent =
            if stateless { Server::stateless(&sandbox, &[]) } else { Server::session(&sandbox, &[]) };
        let mut report = start(&mut agent);
        let mut steps = 0;
        while report["status"] != "completed" {
            assert!(
                ["pending_action", "running", "waiting"].contains(&report["status"].as_str().unwrap()),
                "{report}"
            );
            if report["action"]["action_type"] == "approval" {
                // The agent may not; a person at another terminal does.
                let refused = agent
                    .fails("submit_result", json!({ "action": report["run_id"], "decision": "approve" }));
                assert_eq!(refused["kind"], "not_permitted", "{refused}");
                sandbox.wfmcp(["submit", "@last", "--approve", "--as", "grace"]).ok();
            }
            report = act(&mut agent, &report);
            steps += 1;
            assert!(steps < 20, "{report}");
        }
        assert_eq!(report["result"]["title"], "textx", "{report}");
        assert_eq!(sandbox.read("shipped"), "1.2.0 42\n");
        agent.close().ok();
    }
}

#[test]
fn what_the_first_answer_hands_out_is_leased_and_a_second_agent_is_told_so() {
    let sandbox = place();
    let mut one = Server::session(&sandbox, &[]);
    let mut other = Server::session(&sandbox, &[]);
    let report = start(&mut one);
    assert_eq!(report["action"]["lease"]["holder"], "agent", "{report}");
    let id = report["action"]["action_id"].clone();
    // The same name, another connection.
    let held = other.fails("claim_action", json!({ "action": id }));
    assert_eq!(held["kind"], "held", "{held}");
    let held = other.fails("claim_action", json!({}));
    assert_eq!(held["kind"], "not_found", "{held}");
    let beat = one.call("heartbeat_action", json!({ "action": id, "note": "half of it" }));
    assert_eq!(beat["note"], "half of it");
    one.call("release_action", json!({ "action": id }));
    let taken = other.call("claim_action", json!({}));
    assert_ne!(taken["action_id"], id, "another generation");
    let stale =
        one.fails("submit_result", json!({ "action": id, "result": { "title": "too late", "words": 2 } }));
    assert_eq!(stale["kind"], "superseded", "{stale}");
    assert!(stale["hints"][0].as_str().unwrap().contains("list_pending_actions"), "{stale}");
}

#[test]
fn an_agent_that_dies_is_replaced_at_once_and_nothing_is_lost() {
    let sandbox = place();
    let mut first = Server::session(&sandbox, &[]);
    let report = start(&mut first);
    first.kill();
    let mut second = Server::session(&sandbox, &[]);
    // It knows nothing but what waits.
    let waiting = second.call("list_pending_actions", json!({}));
    assert_eq!(waiting["items"][0]["holder"], Value::Null, "{waiting}");
    let packet = second.call("claim_action", json!({ "action": waiting["items"][0]["action_id"] }));
    assert_eq!(packet["instructions"], report["action"]["instructions"]);
    let report =
        second.call("submit_result", json!({ "action": packet["action_id"], "result": packet["example"] }));
    assert_eq!(report["action"]["step_id"], "ticket", "{report}");
    let report = act(&mut second, &report);
    second.kill();
    let mut third = Server::stateless(&sandbox, &[]);
    let packet = third.call("claim_action", json!({ "role": "reviewer" }));
    assert_eq!(packet["run_id"], report["run_id"]);
    assert_eq!(packet["parameters"]["context"]["notes"]["title"], "textx", "{packet}");
    let report =
        third.call("submit_result", json!({ "run_id": packet["run_id"], "result": { "fine": true } }));
    assert_eq!(report["action"]["action_type"], "approval", "{report}");
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "grace"]).ok();
    let report = third.call("get_workflow_status", json!({ "run": "@last", "wait_seconds": 25 }));
    assert_eq!(report["status"], "completed", "{report}");
}

#[test]
fn a_refused_result_comes_back_with_what_to_mend_and_the_same_one_twice_is_one() {
    let sandbox = place();
    let mut agent = Server::session(&sandbox, &[]);
    let report = start(&mut agent);
    let id = &report["action"]["action_id"];
    let refused = agent.fails("submit_result", json!({ "action": id, "result": { "title": "x" } }));
    let pointers: Vec<&str> = refused["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| detail["pointer"].as_str().unwrap())
        .collect();
    assert!(pointers.contains(&"/title") && pointers.len() == 2, "{refused}");
    assert!(refused["hints"][0].as_str().unwrap().contains("submit_result {action: "), "{refused}");
    let good = json!({ "action": id, "result": { "title": "Fine notes", "words": 2 } });
    let once = agent.call("submit_result", good.clone());
    let twice = agent.call("submit_result", good);
    assert_eq!(once["action"]["step_id"], twice["action"]["step_id"]);
    let changed = agent
        .fails("submit_result", json!({ "action": id, "result": { "title": "Other notes", "words": 2 } }));
    assert_eq!(changed["kind"], "conflict", "{changed}");
}

#[test]
fn no_answer_keeps_a_client_waiting_and_what_takes_longer_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", "name: long\nsteps: [{ id: a, wait: 100s }]\n");
    let mut agent = Server::session(&sandbox, &["--patience", "1s"]);
    let began = std::time::Instant::now();
    let report = agent.call("start_workflow", json!({ "workflow": "long.yaml", "wait_seconds": 3600 }));
    assert_eq!(report["status"], "waiting");
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    let report = agent.call("execute_workflow", json!({ "name": "long.yaml" }));
    assert_eq!(report["status"], "running", "{report}");
}
