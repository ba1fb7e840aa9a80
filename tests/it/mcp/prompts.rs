//! Prompts and the completion of their arguments, as a host has them, in both eras of the protocol.

use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

const PARAMS: i64 = -32602;

const GREET: &str = "\
kind: prompt
name: greet
description: Says hello.
arguments:
  who: { type: string, description: Whom }
  times: { type: integer, default: 2 }
  tone: { enum: [calm, cheerful, curt] }
  loud: { type: boolean, default: false }
messages:
  - { role: system, text: 'Be {{ tone }}.' }
  - { text: 'Greet {{ who }} {{ times }} times.' }
  - { role: assistant, text: 'Hello' }
";

fn both(sandbox: &Sandbox, arguments: &[&str], test: impl Fn(&mut Server)) {
    for open in [Server::session, Server::stateless] {
        let mut server = open(sandbox, arguments);
        test(&mut server);
        server.close().ok();
    }
}

fn names(listed: &Value) -> Vec<&str> {
    listed["prompts"].as_array().unwrap().iter().map(|prompt| prompt["name"].as_str().unwrap()).collect()
}

fn get(name: &str, arguments: Value) -> Value {
    json!({ "name": name, "arguments": arguments })
}

#[test]
fn prompts_are_announced_listed_in_pages_and_described() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    sandbox.file("prompts/broken.yaml", "kind: prompt\nname: broken\ntext: '{{ x }}'\n");
    let announced = |server: &mut Server| {
        let found = server.result("server/discover", json!({}));
        assert_eq!(found["capabilities"]["prompts"], json!({ "listChanged": true }), "{found}");
        assert!(found["capabilities"]["completions"].is_object(), "{found}");
    };
    let mut server = Server::stateless(&sandbox, &[]);
    announced(&mut server);
    server.close().ok();
    both(&sandbox, &[], |server| {
        let listed = server.result("prompts/list", json!({}));
        let expected = ["code_review", "debug_help", "explain_code", "greet", "next_action"];
        assert_eq!(names(&listed), expected, "what can't be used is not offered");
        assert!(listed.get("nextCursor").is_none());
        let greet = &listed["prompts"][3];
        assert_eq!((&greet["title"], &greet["description"]), (&json!("Greet"), &json!("Says hello.")));
        assert_eq!(greet["arguments"][0], json!({ "name": "who", "description": "Whom", "required": true }));
        assert_eq!(greet["arguments"][1]["required"], false);
        let tone = greet["arguments"][2]["description"].as_str().unwrap();
        assert!(tone.contains("calm, cheerful, curt"), "{tone}");
        assert_eq!(listed["prompts"][4]["arguments"].as_array().unwrap().len(), 1);
        let refused = server.request("prompts/list", json!({ "cursor": "nowhere" }));
        assert_eq!(refused["error"]["code"], PARAMS, "{refused}");
    });
    for at in 0..120 {
        sandbox.file(
            &format!("prompts/many-{at}.yaml"),
            &format!("kind: prompt\nname: many-{at}\ntext: Number {at}.\n"),
        );
    }
    both(&sandbox, &[], |server| {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let params = cursor.map_or(json!({}), |cursor: Value| json!({ "cursor": cursor }));
            let page = server.result("prompts/list", params);
            all.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page.get("nextCursor") else { break };
            cursor = Some(next.clone());
        }
        assert_eq!(all.len(), 125);
        assert!(all.is_sorted());
    });
}

#[test]
fn a_prompt_is_got_with_its_arguments_read_as_what_they_should_be() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    both(&sandbox, &[], |server| {
        let got =
            server.result("prompts/get", get("greet", json!({ "who": "Ada", "times": "3", "tone": "calm" })));
        assert_eq!(got["description"], "Says hello.");
        let text =
            |role: &str, text: &str| json!({ "role": role, "content": { "type": "text", "text": text } });
        let expected = [text("user", "Be calm.\n\nGreet Ada 3 times."), text("assistant", "Hello")];
        assert_eq!(got["messages"], json!(expected));
        let review = server.result("prompts/get", get("code_review", json!({ "code": "x = 1" })));
        assert!(review["messages"][0]["content"]["text"].as_str().unwrap().contains("x = 1"));
        let next = server.result("prompts/get", json!({ "name": "next_action" }));
        assert!(next["messages"][0]["content"]["text"].as_str().unwrap().starts_with("Nothing waits"));
    });
}

#[test]
fn what_is_wrong_with_a_request_is_named_in_full() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    sandbox.file("prompts/broken.yaml", "kind: prompt\nname: broken\ntext: '{{ x }}'\n");
    both(&sandbox, &[], |server| {
        let refused = server
            .request("prompts/get", get("greet", json!({ "whom": "Ada", "times": "many", "tone": "loud" })));
        let error = &refused["error"];
        assert_eq!(error["code"], PARAMS, "{refused}");
        let message = error["message"].as_str().unwrap();
        for part in ["/whom", "/who expected", "/times", "/tone"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(error["data"]["details"].as_array().unwrap().len(), 4, "{error}");
        assert!(error["data"]["hints"][0].as_str().unwrap().contains("did you mean `who`"), "{error}");
        let unknown = server.request("prompts/get", get("gret", json!({})));
        assert_eq!(unknown["error"]["code"], PARAMS);
        assert_eq!(unknown["error"]["data"]["hints"][0], "did you mean `greet`?", "{unknown}");
        assert_eq!(server.request("prompts/get", json!({ "name": "" }))["error"]["code"], PARAMS);
        let broken = server.request("prompts/get", get("broken", json!({})));
        assert_eq!(broken["error"]["code"], PARAMS, "{broken}");
        assert_eq!(broken["error"]["data"]["findings"][0]["code"], "WF051", "{broken}");
    });
}

#[test]
fn arguments_complete() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    let many: Vec<String> = (0..130).map(|at| format!("v{at}")).collect();
    sandbox.file(
        "prompts/many.yaml",
        &format!(
            "kind: prompt\nname: many\narguments: {{ x: {{ enum: [{}] }} }}\ntext: '{{{{ x }}}}'\n",
            many.join(", ")
        ),
    );
    let delegate = |role: &str| {
        format!("  - {{ id: {role}, needs: [], delegate: {{ to: {role}, task: x }}, result: {{}} }}\n")
    };
    sandbox.file("w.yaml", &format!("name: w\nsteps:\n{}{}", delegate("reviewer"), delegate("tester")));
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    both(&sandbox, &[], |server| {
        let mut complete = |prompt: &str, argument: &str, typed: &str| {
            let asked = json!({
                "ref": { "type": "ref/prompt", "name": prompt },
                "argument": { "name": argument, "value": typed },
            });
            server.request("completion/complete", asked)
        };
        let values = |answer: Value| answer["result"]["completion"]["values"].clone();
        assert_eq!(values(complete("greet", "tone", "")), json!(["calm", "cheerful", "curt"]));
        assert_eq!(values(complete("greet", "tone", "c")), json!(["calm", "cheerful", "curt"]));
        assert_eq!(values(complete("greet", "tone", "CU")), json!(["curt"]));
        assert_eq!(values(complete("greet", "loud", "t")), json!(["true"]));
        assert_eq!(values(complete("greet", "who", "A")), json!([]));
        assert_eq!(values(complete("next_action", "role", "")), json!(["reviewer", "tester"]));
        assert_eq!(values(complete("next_action", "role", "te")), json!(["tester"]));
        let full = complete("many", "x", "")["result"]["completion"].clone();
        assert_eq!(full["values"].as_array().unwrap().len(), 100);
        assert_eq!((&full["total"], &full["hasMore"]), (&json!(130), &json!(true)));
        assert_eq!(complete("many", "x", "v12")["result"]["completion"]["hasMore"], false);
        for (prompt, argument) in [("nobody", "x"), ("greet", "tune"), ("next_action", "pending_count")] {
            assert_eq!(complete(prompt, argument, "")["error"]["code"], PARAMS, "{prompt}.{argument}");
        }
    });
}

#[test]
fn a_server_that_only_reads_gives_prompts_and_counts_nothing() {
    let sandbox = Sandbox::new();
    let used = || {
        let shown = sandbox.wfmcp(["prompts", "show", "next_action", "--json"]).ok().json();
        shown["counts"][0]["used"].as_i64().unwrap()
    };
    both(&sandbox, &["--read-only", "--toolsets", "prompts"], |server| {
        server.result("prompts/get", json!({ "name": "next_action" }));
        server.call("get_prompt", json!({ "name": "next_action" }));
        assert_eq!(
            server.request("tools/call", json!({ "name": "report_prompt_outcome" }))["error"]["code"],
            PARAMS
        );
    });
    assert_eq!(used(), 0);
    both(&sandbox, &["--toolsets", "prompts"], |server| {
        server.result("prompts/get", json!({ "name": "next_action" }));
        let told =
            server.call("report_prompt_outcome", json!({ "prompt_name": "next_action", "outcome": "good" }));
        assert_eq!(told["variant"], Value::Null);
    });
    assert_eq!(used(), 2);
}

#[test]
fn a_client_keeps_its_variant() {
    let sandbox = Sandbox::new();
    let variant = |name: &str| format!("- {{ name: {name}, text: {name} }}\n");
    let variants: String = ["a", "b", "c", "d", "e", "f", "g", "h"].map(variant).concat();
    sandbox.file("prompts/ab.yaml", &format!("kind: prompt\nname: ab\nvariants:\n{variants}"));
    let text = |got: &Value| got["messages"][0]["content"]["text"].as_str().unwrap().to_owned();
    let mut first = Server::session(&sandbox, &[]);
    let got = text(&first.result("prompts/get", json!({ "name": "ab" })));
    let mut second = Server::stateless(&sandbox, &["--toolsets", "prompts"]);
    assert_eq!(text(&second.result("prompts/get", json!({ "name": "ab" }))), got);
    let report = json!({ "prompt": "ab", "outcome": "bad", "note": "too short" });
    assert_eq!(second.call("report_prompt_outcome", report)["variant"], got.as_str());
}

#[test]
fn a_client_is_told_when_the_list_changes() {
    let sandbox = Sandbox::new();
    let mut session = Server::session(&sandbox, &[]);
    session.result("prompts/list", json!({}));
    let mut subscriber = Server::stateless(&sandbox, &[]);
    let id =
        subscriber.begin("subscriptions/listen", json!({ "notifications": { "promptsListChanged": true } }));
    let acknowledged = subscriber.note("notifications/subscriptions/acknowledged");
    assert_eq!(acknowledged["notifications"]["promptsListChanged"], true, "{acknowledged}");
    // The watch begins with what is there once it has looked; a change that is seen at once is none to be told.
    subscriber.result("prompts/list", json!({}));
    sandbox.file("prompts/greet.yaml", GREET);
    session.note("notifications/prompts/list_changed");
    assert!(names(&session.result("prompts/list", json!({}))).contains(&"greet"));
    sandbox.wfmcp(["prompts", "create", "prompts/greet.yaml"]).ok();
    session.note("notifications/prompts/list_changed");
    let told = subscriber.note("notifications/prompts/list_changed");
    assert_eq!(told["_meta"]["io.modelcontextprotocol/subscriptionId"], id, "{told}");
    subscriber.notify("notifications/cancelled", json!({ "requestId": id }));
    subscriber.close().ok();
    session.close().ok();
}
