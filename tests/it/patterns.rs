//! Patterns as they are used: what is in the way of one, applying it at a terminal and over MCP, what it writes back, and
//! the shipped ones to their ends.

use super::harness::{Run, Sandbox, Server};
use serde_json::{Value, json};

const COMPONENT: &str = r#"{
  "type": "object", "required": ["status"],
  "properties": { "status": { "enum": ["broken", "operational"] }, "entrypoint": { "type": "string" } }
}"#;

const MEND: &str = "\
kind: pattern
name: mend
description: Mend a component.
parameters:
  severity: { enum: [low, high], default: high }
  how: { type: string, minLength: 3 }
target: { type: component, where: { status: broken } }
requires:
  entrypoint-exists: { shell: 'test -f {{ target.data.entrypoint }}' }
  how-is-known: { shell: 'echo {{ inputs.how }} >&2; test {{ inputs.how }} != never' }
steps:
  - id: try
    shell: echo {{ target.name }} {{ target.version }} {{ inputs.how }}
  - id: agree
    wait: { for: approval, ask: \"May {{ target.name }} go up?\", timeout: 1d }
outputs: { said: '{{ steps.try.result }}' }
records:
  set: { status: operational, mended: '{{ steps.try.result }}' }
";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("component.json", COMPONENT);
    sandbox.file("mend.yaml", MEND);
    sandbox.sh("wfmcp entities types register component component.json").ok();
    sandbox
}

fn details(run: &Run) -> Vec<[String; 3]> {
    let told = run.json();
    let details = told["error"]["details"].as_array().or(told["issues"].as_array()).unwrap().clone();
    let text = |detail: &Value, key: &str| detail[key].as_str().unwrap().to_owned();
    details
        .iter()
        .map(|detail| [text(detail, "pointer"), text(detail, "expected"), text(detail, "got")])
        .collect()
}

#[test]
fn what_is_in_the_way_is_told_at_once_and_once_mended_the_entity_is_changed() {
    let sandbox = place();
    sandbox.sh("wfmcp entities create component web --set status=operational --set entrypoint=main.sh").ok();
    let line = "mend.yaml web --param severity=huge --param colour=red --param how=never --json";
    let checked = sandbox.sh(&format!("wfmcp patterns check {line}")).code(6);
    let applied = sandbox.sh(&format!("wfmcp patterns apply {line}")).code(6);
    assert_eq!(details(&checked), details(&applied));
    let pointers: Vec<String> = details(&applied).into_iter().map(|[pointer, ..]| pointer).collect();
    let expected = [
        "/parameters/colour",
        "/parameters/severity",
        "/target/data/status",
        "/requires/entrypoint-exists",
        "/requires/how-is-known",
    ];
    assert_eq!(pointers, expected);
    assert_eq!(details(&applied)[2][1..], ["\"broken\"", "\"operational\""]);
    assert_eq!(details(&applied)[4][2], "exit code 1: never");
    sandbox.sh("wfmcp runs list").ok().stdout_has("no runs");

    sandbox.sh("touch main.sh; wfmcp entities update component web --set status=broken").ok();
    sandbox.sh("wfmcp patterns check mend.yaml web --param how=gently").ok().stdout_has("can be applied");
    let applied = sandbox.sh("wfmcp patterns apply mend.yaml component/web --param how=gently --json");
    let report = applied.code(4).json();
    let application = report["application_id"].as_str().unwrap().to_owned();
    let shown = || sandbox.wfmcp(["patterns", "application", &application, "--json"]).ok().json();
    assert_eq!((&shown()["status"], &shown()["results"]), (&json!("pending_action"), &Value::Null));
    let id = report["action"]["action_id"].as_str().unwrap();
    sandbox.wfmcp(["submit", id, "--approve", "--as", "grace"]).ok();

    let entity = sandbox.sh("wfmcp entities get component web --json").ok().json();
    let said = "web 2 gently";
    assert_eq!(entity["data"], json!({ "status": "operational", "entrypoint": "main.sh", "mended": said }));
    let told = shown();
    assert_eq!(told["status"], "completed");
    assert_eq!(told["run_id"], report["run_id"]);
    assert_eq!(told["parameters"], json!({ "severity": "high", "how": "gently" }));
    assert_eq!(told["results"], json!({ "said": said }));
    let target = json!({ "entity_type": "component", "name": "web", "entity_id": "e-1-1", "version": 2 });
    assert_eq!(told["target"], target);
    let held: Vec<&Value> =
        told["validation"]["requirements"].as_array().unwrap().iter().map(|one| &one["standing"]).collect();
    assert_eq!(held, ["holds", "holds"]);
    let all = sandbox.sh("wfmcp patterns applied --target e-1-1 --json").ok().json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let blocked = sandbox.sh("wfmcp patterns applied --status blocked --json").ok().json();
    assert_eq!(blocked["items"][0]["validation"]["issues"].as_array().unwrap().len(), 5);
    sandbox.wfmcp(["patterns", "application", report["run_id"].as_str().unwrap()]).ok().stdout_has(said);
}

#[test]
fn what_is_meant_is_found_and_what_is_not_there_is_told() {
    let sandbox = place();
    sandbox.file("vendor.json", r#"{ "type": "object" }"#);
    sandbox.sh("wfmcp entities types register vendor vendor.json").ok();
    sandbox
        .sh("wfmcp entities create vendor acme && wfmcp entities create component web --set status=broken")
        .ok();
    let check =
        |target: &str| sandbox.wfmcp(["patterns", "check", "mend.yaml", target, "--json", "-p", "how=so so"]);
    let of_type = "an entity of type component";
    let wrong = [
        ("vendor/acme", [of_type, "vendor/acme"]),
        ("e-2-1", [of_type, "vendor/acme"]),
        ("acme", [of_type, "`acme`, which there is not"]),
        ("", [of_type, "``, which there is not"]),
    ];
    for (target, expected) in wrong {
        let found = details(&check(target).code(6));
        let [pointer, told @ ..] = &found[0];
        assert_eq!(
            (pointer.as_str(), told),
            ("/target", &expected.map(str::to_owned)),
            "{target}: {found:?}"
        );
    }
    for target in ["web", "component/web", "e-1-1"] {
        assert_eq!(check(target).json()["target"]["name"], "web", "{target}");
    }
    sandbox.wfmcp(["patterns", "check", "mends", "web"]).code(5).stderr_has("patterns list");
    sandbox.wfmcp(["run", "mend.yaml"]).code(3).stderr_has("wfmcp patterns apply");
    sandbox.wfmcp(["run", "release"]).code(5).stderr_has("wfmcp patterns apply release ENTITY");
    sandbox.wfmcp(["patterns", "apply", "component.json", "web"]).code(5);
    sandbox.file("flow.yaml", "name: flow\nsteps: [{ set: { a: 1 } }]\n");
    sandbox
        .wfmcp(["patterns", "apply", "flow.yaml", "web"])
        .code(3)
        .stderr_has("only patterns can be applied");
}

#[test]
fn a_write_back_that_the_type_refuses_fails_the_run_and_goes_through_when_the_type_is_mended() {
    let sandbox = place();
    sandbox.file(
        "strict.json",
        &COMPONENT.replace(r#""required""#, r#""additionalProperties": false, "required""#),
    );
    sandbox.sh("wfmcp entities types register component strict.json").ok();
    sandbox
        .sh("touch main.sh; wfmcp entities create component web --set status=broken --set entrypoint=main.sh")
        .ok();
    let report = sandbox.sh("wfmcp patterns apply mend.yaml web -p how=gently --json").code(4).json();
    let id = report["action"]["action_id"].as_str().unwrap();
    let failed = sandbox.wfmcp(["submit", id, "--approve", "--as", "grace", "--json"]).code(1).json();
    assert_eq!(failed["failed_steps"], json!(["records"]));
    let entity = || sandbox.sh("wfmcp entities get component web --json").ok().json();
    assert_eq!((&entity()["version"], &entity()["data"]["status"]), (&json!(1), &json!("broken")));
    let status = || sandbox.sh("wfmcp patterns applied --json").ok().json()["items"][0]["status"].clone();
    assert_eq!(status(), "failed");
    sandbox.sh("wfmcp entities types register component component.json && wfmcp runs retry @last").ok();
    assert_eq!(status(), "completed");
    assert_eq!(entity()["data"]["status"], "operational");
}

#[test]
fn an_agent_applies_one_and_carries_it_to_its_end() {
    let sandbox = place();
    sandbox.sh("wfmcp entities create component web --set status=broken").ok();
    let pattern = "kind: pattern\nname: ask\ndescription: Ask.\nsecrets: [TOKEN]\ntarget: { type: component }\n\
        requires: { token: { shell: 'echo \"$T\"; test -n \"$T\"', env: { T: '{{ secrets.TOKEN }}' } } }\n\
        steps: [{ id: q, prompt: 'What of {{ target.name }}?', result: { enum: [broken, operational] } }]\n\
        records: { set: { status: '{{ steps.q.result }}' } }\n";
    let mut server = Server::spawn(&sandbox.command(["serve", "--stdio"]).env("TOKEN", "s3cr3t-of-mine"))
        .initialized("2025-11-25", "agent", json!({}));
    let listed = server.result("tools/list", json!({})).to_string();
    assert!(
        ["list_patterns", "validate_pattern_application", "apply_pattern"]
            .iter()
            .all(|name| listed.contains(name))
    );
    server.call("create_workflow", json!({ "definition": pattern }));
    let known = server.call("list_patterns", json!({ "entity_type": "component" }));
    let names: Vec<&Value> = known["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["ask", "infrastructure-enforcement"]);
    let blocked = server.fails("apply_pattern", json!({ "pattern": "ask", "target": "nobody" }));
    assert!(blocked.to_string().contains("/target"), "{blocked}");
    let checked =
        server.call("validate_pattern_application", json!({ "pattern_name": "ask", "entity": "web" }));
    assert_eq!(checked["applicable"], true);
    assert!(!checked.to_string().contains("s3cr3t"), "{checked}");
    let report = server.call("apply_pattern", json!({ "pattern": "ask", "target": "component/web" }));
    assert_eq!(report["action"]["instructions"], "What of web?");
    let action = report["action"]["action_id"].clone();
    let end = server.call("submit_result", json!({ "action": action, "result": "operational" }));
    assert_eq!((&end["status"], &end["application_id"]), (&json!("completed"), &report["application_id"]));
    let entity = server.call("get_entity", json!({ "entity_type": "component", "entity": "web" }));
    assert_eq!(entity["data"]["status"], "operational");
    server.call("archive_workflow", json!({ "workflow": "ask" }));
    server.fails("apply_pattern", json!({ "pattern": "ask", "target": "web" }));
    server.close().ok();
}

#[test]
fn what_a_pattern_is_not_given_is_asked_for_through_the_client() {
    let sandbox = place();
    sandbox
        .sh("touch main.sh; wfmcp entities create component web --set status=broken --set entrypoint=main.sh")
        .ok();
    let mut server = Server::start(&sandbox, &[]).answering(|_, params| {
        let fields = params["requestedSchema"]["properties"].as_object().unwrap();
        let is_start = fields.contains_key("how");
        assert!(!is_start || params["message"] == "What mend needs to start", "{params}");
        let content = if is_start { json!({ "how": "gently" }) } else { json!({ "decision": "approve" }) };
        Some(json!({ "action": "accept", "content": content }))
    });
    server = server.initialized("2025-11-25", "agent", json!({ "elicitation": {} }));
    let report = server.call("apply_pattern", json!({ "pattern": "mend.yaml", "target": "web" }));
    assert_eq!((&report["status"], &report["result"]["said"]), (&json!("completed"), &json!("web 1 gently")));
    server.close().ok();
}

/// How one shipped pattern goes: a shell script before, the entity, what is typed, what is handed in for each step that
/// asks, and what is in the entity's data and in the outputs afterwards.
struct Shipped {
    name: &'static str,
    before: &'static str,
    entity: (&'static str, &'static str, Value),
    parameters: &'static [&'static str],
    answers: Vec<(&'static str, &'static str, Value)>,
    after: Value,
    results: Value,
}

const REPOSITORY: &str = "git init -q -b main . && git config user.email a@example.org && git config user.name Ada &&
    echo 'left-pad 1.0' > deps.txt && echo main.sh > .git/info/exclude && git add deps.txt && git commit -qm Begin &&
    git switch -qc topic && echo two > two.txt && git add two.txt && git commit -qm 'Say more' && git switch -q main";

fn remedy() -> Value {
    json!({ "cause": "it is off", "remedy": "touch up" })
}

fn of_what_runs() -> [Shipped; 2] {
    [
        Shipped {
            name: "infrastructure-enforcement",
            before: "touch main.sh",
            entity: (
                "component",
                "web",
                json!({ "status": "broken", "entrypoint": "main.sh", "start": "test -f up" }),
            ),
            parameters: &[],
            answers: vec![
                ("find", "true", remedy()),
                ("mend", "touch up", json!({ "changed": "it is on now" })),
                ("agree", "true", Value::Null),
            ],
            after: json!({ "status": "operational" }),
            results: json!({ "cause": "it is off", "changed": "it is on now" }),
        },
        Shipped {
            name: "incident-response",
            before: "true",
            entity: ("service", "mail", json!({ "status": "down", "probe": "test -f up" })),
            parameters: &["symptom=slow since 10:00"],
            answers: vec![
                ("diagnose", "true", remedy()),
                ("mend", "touch up", json!({ "done": "it is on" })),
                (
                    "write_up",
                    "true",
                    json!({ "text": "It was off because somebody had switched it off; now it is on." }),
                ),
                ("write_up", "true", Value::Null),
            ],
            after: json!({ "status": "up" }),
            results: json!({ "cause": "it is off", "done": "it is on" }),
        },
    ]
}

fn of_what_is_written() -> [Shipped; 3] {
    [
        Shipped {
            name: "review-gate",
            before: REPOSITORY,
            entity: ("change", "say more", json!({ "status": "proposed", "branch": "topic" })),
            parameters: &["test=test -f deps.txt"],
            answers: vec![
                ("read", "true", json!({ "blocking": [], "remarks": ["short"] })),
                ("agree", "true", Value::Null),
            ],
            after: json!({ "status": "accepted" }),
            results: json!({ "remarks": ["short"] }),
        },
        Shipped {
            name: "dependency-upgrade",
            before: REPOSITORY,
            entity: (
                "dependency",
                "left-pad",
                json!({ "outdated": true, "version": "1.0", "manifest": "deps.txt" }),
            ),
            parameters: &["to=2.0", "test=grep -q left-pad deps.txt"],
            answers: vec![
                (
                    "upgrade",
                    "echo left-pad 2.0 > deps.txt",
                    json!({ "summary": "Use left-pad 2.0", "noticeable": true }),
                ),
                ("agree", "test \"$(git branch --show-current)\" = upgrade-left-pad-2.0", Value::Null),
            ],
            after: json!({ "outdated": false, "version": "2.0" }),
            results: json!({ "summary": "Use left-pad 2.0" }),
        },
        Shipped {
            name: "release",
            before: REPOSITORY,
            entity: ("product", "pad", json!({ "status": "ready" })),
            parameters: &["version=1.2.0", "test=true"],
            answers: vec![
                ("notes", "true", json!({ "title": "Pads left", "body": "The first that others can use." })),
                ("agree", "true", Value::Null),
            ],
            after: json!({ "status": "released", "version": "1.2.0" }),
            results: json!({ "tag": "v1.2.0", "title": "Pads left" }),
        },
    ]
}

#[test]
fn the_shipped_ones_reach_their_ends() {
    for Shipped { name, before, entity: (kind, entity, data), parameters, answers, after, results } in
        of_what_runs().into_iter().chain(of_what_is_written())
    {
        let sandbox = Sandbox::new();
        sandbox.sh(before).ok();
        sandbox.file("type.json", r#"{ "type": "object" }"#);
        sandbox.wfmcp(["entities", "types", "register", kind, "type.json"]).ok();
        std::fs::remove_file(sandbox.path("type.json")).unwrap();
        sandbox.wfmcp(["entities", "create", kind, entity, "--data", &data.to_string()]).ok();
        let mut line = vec!["patterns", "apply", name, entity, "--json"];
        line.extend(parameters.iter().flat_map(|parameter| ["--param", parameter]));
        let mut run = sandbox.wfmcp(line);
        for (step, act, answer) in answers {
            let report = run.code(4).json();
            assert_eq!(report["action"]["step_id"], step, "{name}: {report}");
            sandbox.sh(act).ok();
            let id = report["action"]["action_id"].as_str().unwrap();
            let result = answer.to_string();
            let mut submit = vec!["submit", id, "--json"];
            submit.extend(if answer.is_null() {
                ["--approve", "--as", "grace"]
            } else {
                ["--result", &result, "-q"]
            });
            run = sandbox.wfmcp(submit);
        }
        let end = run.ok().json();
        for (key, value) in results.as_object().unwrap() {
            assert_eq!(&end["result"][key], value, "{name}: {end}");
        }
        let changed = sandbox.wfmcp(["entities", "get", kind, entity, "--json"]).ok().json();
        for (key, value) in after.as_object().unwrap() {
            assert_eq!(&changed["data"][key], value, "{name}: {changed}");
        }
        let told = sandbox.wfmcp(["patterns", "applied", "--json"]).ok().json();
        assert_eq!(told["items"][0]["status"], "completed", "{name}: {told}");
    }
}
