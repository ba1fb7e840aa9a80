//! People at the client: inputs that a start lacks, decisions and inputs that a run waits for, asked where they can be.

use crate::harness::{LATEST_SESSION, Sandbox, Server};
use serde_json::{Value, json};
use std::sync::mpsc::channel;

const TALK: &str = r#"
name: talk
inputs:
  who: { type: string, minLength: 2, description: Whom to greet }
  loud: { type: boolean, default: false }
steps:
  - id: mood
    wait: { for: input, ask: "How is {{ inputs.who }}?", timeout: 1h }
    result: { type: object, required: [mood], properties: { mood: { enum: [good, bad] }, stars: { type: integer, maximum: 5 } } }
  - id: agree
    wait: { for: approval, ask: "Say that {{ inputs.who }} is {{ steps.mood.result.mood }}?", timeout: 1h }
  - id: say
    shell: echo {{ inputs.who }} is {{ steps.mood.result.mood }}
outputs: { said: "{{ steps.say.result }}" }
"#;

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("talk.yaml", TALK);
    sandbox
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// What a friendly person answers to each form.
fn friendly(form: &Value) -> Value {
    let fields = form["requestedSchema"]["properties"].as_object().unwrap();
    if fields.contains_key("who") {
        accept(json!({ "who": "ada" }))
    } else if fields.contains_key("mood") {
        accept(json!({ "mood": "good", "stars": 3 }))
    } else {
        accept(json!({ "decision": "approve", "reason": "why not" }))
    }
}

#[test]
fn in_a_session_a_person_is_asked_for_everything_in_one_call() {
    let sandbox = place();
    let (asked, forms) = channel();
    let mut server = Server::start(&sandbox, &[]).answering(move |method, params| {
        assert_eq!(method, "elicitation/create");
        asked.send(params["message"].as_str().unwrap().to_owned()).unwrap();
        Some(friendly(params))
    });
    server = server.initialized(LATEST_SESSION, "agent", json!({ "elicitation": {} }));
    let report = server.call("start_workflow", json!({ "workflow": "talk.yaml" }));
    assert_eq!(
        (&report["status"], &report["result"]["said"]),
        (&json!("completed"), &json!("ada is good")),
        "{report}"
    );
    let forms: Vec<String> = forms.try_iter().collect();
    assert_eq!(forms, ["What talk needs to start", "How is ada?", "Say that ada is good?"]);
    let log = sandbox.wfmcp(["runs", "log", "@last", "--json"]).ok().stdout;
    assert!(log.contains("\"face\": \"elicited\"") && log.contains("why not"), "{log}");
    server.close().ok();
}

#[test]
fn without_a_session_the_call_is_answered_with_what_it_needs_and_made_again() {
    let sandbox = place();
    let mut server = Server::start(&sandbox, &[]).modern("agent", json!({ "elicitation": {} }));
    let call = json!({ "name": "start_workflow", "arguments": { "workflow": "talk.yaml" } });
    let mut result = server.result("tools/call", call.clone());
    let mut rounds = 0;
    while result["resultType"] == "input_required" {
        rounds += 1;
        let (key, form) = result["inputRequests"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(form["method"], "elicitation/create");
        let mut again = call.clone();
        again["inputResponses"] = json!({ key: friendly(&form["params"]) });
        again["requestState"] = result["requestState"].clone();
        result = server.result("tools/call", again);
    }
    assert_eq!(rounds, 3, "{result}");
    assert_eq!(result["structuredContent"]["result"]["said"], "ada is good", "{result}");
    let runs = sandbox.wfmcp(["runs", "list", "--json"]).json();
    assert_eq!(runs["items"].as_array().unwrap().len(), 1, "made again is not started again");
    server.close().ok();
}

#[test]
fn a_client_that_cannot_ask_is_not_asked() {
    let sandbox = place();
    for mut server in [Server::session(&sandbox, &[]), Server::stateless(&sandbox, &[])] {
        let refused = server.fails("start_workflow", json!({ "workflow": "talk.yaml" }));
        assert!(refused["message"].as_str().unwrap().contains("/who"), "{refused}");
        let report =
            server.call("start_workflow", json!({ "workflow": "talk.yaml", "inputs": { "who": "ada" } }));
        assert_eq!(report["action"]["action_type"], "input", "{report}");
        server.close().ok();
    }
}

#[test]
fn what_does_not_fit_is_asked_again_with_what_is_wrong() {
    let sandbox = place();
    let mut tries = 0;
    let mut server = Server::start(&sandbox, &[]).answering(move |_, params| {
        if params["requestedSchema"]["properties"].get("mood").is_none() {
            return Some(json!({ "action": "cancel" }));
        }
        tries += 1;
        if tries == 1 {
            return Some(accept(json!({ "mood": "so so", "stars": 9 })));
        }
        assert!(params["message"].as_str().unwrap().contains("expected"), "{params}");
        Some(accept(json!({ "mood": "bad" })))
    });
    server = server.initialized("2025-06-18", "agent", json!({ "elicitation": {} }));
    let report =
        server.call("start_workflow", json!({ "workflow": "talk.yaml", "inputs": { "who": "bob" } }));
    // Dismissing a decision decides nothing.
    assert_eq!(report["action"]["action_type"], "approval", "{report}");
    server.close().ok();
}

#[test]
fn a_person_may_decline_and_nothing_starts() {
    let sandbox = place();
    let mut server = Server::start(&sandbox, &[]).answering(|_, _| Some(json!({ "action": "decline" })));
    server = server.initialized(LATEST_SESSION, "agent", json!({ "elicitation": {} }));
    let refused = server.fails("start_workflow", json!({ "workflow": "talk.yaml" }));
    assert_eq!(refused["kind"], "invalid_input", "{refused}");
    assert!(sandbox.wfmcp(["runs", "list", "--json"]).json()["items"].as_array().unwrap().is_empty());
    server.close().ok();
}

/// The person takes longer than the call: the answer counts when it comes.
#[test]
fn a_question_outlives_its_call_and_ends_when_somebody_else_answers() {
    let sandbox = place();
    let mut server = Server::start(&sandbox, &["--patience", "1s"]).initialized(
        LATEST_SESSION,
        "agent",
        json!({ "elicitation": {} }),
    );
    let arguments = json!({ "workflow": "talk.yaml", "inputs": { "who": "ada" } });
    let id = server.begin("tools/call", json!({ "name": "start_workflow", "arguments": arguments }));
    let question = server.message();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    // The call gives up waiting before its client does.
    let answer = server.answer(id);
    assert_eq!(answer["result"]["structuredContent"]["action"]["action_type"], "input", "{answer}");
    server.send(
        json!({ "jsonrpc": "2.0", "id": question["id"], "result": accept(json!({ "mood": "good" })) })
            .to_string(),
    );
    let status =
        json!({ "name": "get_workflow_status", "arguments": { "run": "@last", "wait_seconds": 20 } });
    crate::harness::wait_until(|| {
        sandbox.wfmcp(["status", "@last", "--json"]).json()["current_step"] == "agree"
    });
    let id = server.begin("tools/call", status);
    let second = server.message();
    assert_eq!(second["method"], "elicitation/create", "{second}");
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "grace"]).ok();
    let cancelled = server.note("notifications/cancelled");
    assert_eq!(cancelled["requestId"], second["id"], "{cancelled}");
    let answer = server.answer(id);
    assert!(answer["result"]["isError"] == false, "{answer}");
    server.close().ok();
}

#[test]
fn steps_are_told_as_they_are_done_to_who_gave_a_token() {
    let sandbox = Sandbox::new();
    sandbox.file("steps.yaml", "name: steps\nsteps: [{ id: a, shell: sleep 0.3 }, { id: b, shell: sleep 0.3 }, { id: c, shell: sleep 0.3 }]\n");
    for mut server in [Server::session(&sandbox, &[]), Server::stateless(&sandbox, &[])] {
        let call = json!({ "name": "start_workflow", "arguments": { "workflow": "steps.yaml" }, "_meta": { "progressToken": "p-1" } });
        let result = server.result("tools/call", call);
        assert_eq!(result["structuredContent"]["status"], "completed", "{result}");
        let told: Vec<&Value> = server
            .notes
            .iter()
            .filter(|note| note["method"] == "notifications/progress")
            .map(|note| &note["params"])
            .collect();
        assert!(told.len() >= 2, "{told:?}");
        assert!(
            told.iter().all(|params| params["progressToken"] == "p-1" && params["total"] == 3.0),
            "{told:?}"
        );
        let numbers: Vec<f64> = told.iter().map(|params| params["progress"].as_f64().unwrap()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert!(told.iter().any(|params| params["message"].as_str().unwrap().starts_with("a: ")), "{told:?}");
        server.close().ok();
    }
}

const REVIEW: &str = r#"
name: review
steps:
  - id: theirs
    prompt: { text: "Is it good?", by: client }
    result: { type: object, required: [good], properties: { good: { type: boolean } } }
  - id: ours
    prompt: Say why.
"#;

fn said(text: &str) -> Value {
    json!({ "role": "assistant", "model": "theirs", "content": { "type": "text", "text": text } })
}

#[test]
fn the_clients_own_model_answers_what_the_workflow_leaves_to_it() {
    let sandbox = Sandbox::new();
    sandbox.file("review.yaml", REVIEW);
    let (asked, questions) = channel();
    let mut times = 0;
    let mut server = Server::start(&sandbox, &[]).answering(move |method, params| {
        assert_eq!(method, "sampling/createMessage");
        assert!(params["maxTokens"].as_u64().unwrap() > 100);
        asked.send(params["messages"][0]["content"]["text"].as_str().unwrap().to_owned()).unwrap();
        times += 1;
        Some(said(if times == 1 { "```json\n{\"good\": true}\n```" } else { "never" }))
    });
    server = server.initialized("2025-06-18", "agent", json!({ "sampling": {} }));
    let report = server.call("start_workflow", json!({ "workflow": "review.yaml" }));
    assert_eq!(
        (&report["status"], &report["current_step"]),
        (&json!("pending_action"), &json!("ours")),
        "{report}"
    );
    let questions: Vec<String> = questions.try_iter().collect();
    assert_eq!(questions.len(), 1, "{questions:?}");
    assert!(
        questions[0].starts_with("Is it good?\n\nAnswer with nothing but one JSON value"),
        "{questions:?}"
    );
    assert_eq!(report["completed_steps"], json!(["theirs"]));
    server.close().ok();
}

#[test]
fn a_prompt_stays_the_agents_where_no_model_of_its_client_gives_a_result() {
    let sandbox = Sandbox::new();
    sandbox.file("review.yaml", REVIEW);
    let refusing = |server: Server| server.answering(|_, _| Some(said("I would rather not.")));
    let servers = [
        refusing(Server::start(&sandbox, &[])).initialized("2025-06-18", "agent", json!({ "sampling": {} })),
        Server::start(&sandbox, &[]).initialized("2025-06-18", "agent", json!({})),
        Server::start(&sandbox, &[]).modern("agent", json!({ "sampling": {} })),
    ];
    for mut server in servers {
        let report = server.call("start_workflow", json!({ "workflow": "review.yaml" }));
        assert_eq!(report["current_step"], "theirs", "{report}");
        let result = json!({ "action": report["action"]["action_id"], "result": { "good": false } });
        assert_eq!(server.call("submit_result", result)["current_step"], "ours");
        server.close().ok();
    }
}

/// What an agent may make up: answers to questions that nobody was asked.
#[test]
fn nobody_approves_by_a_state_that_was_never_given_out() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "agree.yaml",
        "name: agree\nsteps: [{ id: ok, wait: { for: approval, ask: Well?, timeout: 1h } }]\n",
    );
    sandbox.wfmcp(["run", "agree.yaml"]).code(4);
    let report = sandbox.wfmcp(["status", "@last", "--json"]).json();
    let (run, action) = (&report["run_id"], report["action"]["action_id"].as_str().unwrap());
    let state = json!({ "tool": "get_workflow_status", "action": [run, action] }).to_string();
    for arguments in [&["--read-only"][..], &[]] {
        for capabilities in [json!({ "elicitation": {} }), json!({})] {
            let mut server = Server::start(&sandbox, arguments).modern("agent", capabilities);
            let refused = server.request(
                "tools/call",
                json!({
                    "name": "get_workflow_status", "arguments": { "run": run }, "requestState": state,
                    "inputResponses": { action: accept(json!({ "decision": "approve" })) },
                }),
            );
            assert_eq!(refused["error"]["code"], -32602, "{refused}");
            server.close().ok();
        }
    }
    let mut reader = Server::start(&sandbox, &["--read-only"]).modern("agent", json!({ "elicitation": {} }));
    assert_eq!(reader.call("get_workflow_status", json!({ "run": run }))["status"], "pending_action");
    reader.close().ok();
}

#[test]
fn who_puts_a_question_off_is_told_how_things_are() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "agree.yaml",
        "name: agree\nsteps: [{ id: ok, wait: { for: approval, ask: Well?, timeout: 1h } }]\n",
    );
    let mut server = Server::start(&sandbox, &[]).modern("agent", json!({ "elicitation": {} }));
    let call = json!({ "name": "start_workflow", "arguments": { "workflow": "agree.yaml" } });
    let asked = server.result("tools/call", call.clone());
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let (key, _) = asked["inputRequests"].as_object().unwrap().iter().next().unwrap();
    let mut again = call;
    again["requestState"] = asked["requestState"].clone();
    again["inputResponses"] = json!({ key: { "action": "decline" } });
    let answer = server.result("tools/call", again);
    assert_eq!(answer["structuredContent"]["status"], "pending_action", "{answer}");
    server.close().ok();
}

#[test]
fn an_agent_waits_for_people_and_is_told_once_they_decided() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "agree.yaml",
        "name: agree\nsteps: [{ id: ok, wait: { for: approval, ask: Well?, timeout: 1h } }]\n",
    );
    let mut server = Server::session(&sandbox, &[]);
    let run = server.call("start_workflow", json!({ "workflow": "agree.yaml" }))["run_id"].clone();
    let waiting = json!({ "name": "get_workflow_status", "arguments": { "run": run, "wait_seconds": 25 } });
    let id = server.begin("tools/call", waiting);
    sandbox.wfmcp(["submit", run.as_str().unwrap(), "--approve", "--as", "grace"]).ok();
    let answer = server.answer(id);
    assert_eq!(answer["result"]["structuredContent"]["status"], "completed", "{answer}");
    server.close().ok();
}
