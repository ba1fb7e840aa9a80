//! Tools: which are offered, how they are described, and that a call answers what the terminal answers.

use crate::harness::{Sandbox, Server};
use rustix::process::Signal;
use serde_json::{Value, json};

const ASK: &str = "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n";

fn names(server: &mut Server) -> Vec<String> {
    let listed = server.result("tools/list", json!({}));
    listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_usual_tools_fit_a_model_and_are_described_in_full() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    let listed = server.result("tools/list", json!({}));
    let tokens = listed.to_string().len() / 4;
    assert!(tokens < 8_000, "{tokens} tokens");
    for tool in listed["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        assert!(tool["title"].as_str().is_some_and(|title| !title.contains('_')), "{name}");
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name}: {hint}");
        }
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}: {schema}");
            assert!(jsonschema::meta::is_valid(&tool[schema]), "{name}: {schema}");
        }
    }
    let opening = server.stderr();
    assert!(opening.is_empty(), "nothing is wrong: {opening}");
    server.close().ok();
}

#[test]
fn instructions_say_what_is_offered_and_no_client_cuts_them() {
    let sandbox = Sandbox::new();
    for (arguments, says, not) in [
        (&[][..], "start_workflow", "nothing_else"),
        (&["--toolsets", "all"], "create_workflow", "nothing_else"),
        (&["--toolsets", "projects"], "workflows", "start_workflow"),
    ] {
        let mut server = Server::start(&sandbox, arguments);
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
        let result = server.result("initialize", params);
        let words = result["instructions"].as_str().unwrap();
        assert!(words.chars().count() < 2_048, "{} characters", words.chars().count());
        assert!(words.contains(says) && !words.contains(not), "{arguments:?}: {words}");
    }
}

#[test]
fn what_is_offered_is_said_by_flag_environment_and_file() {
    let sandbox = Sandbox::new();
    let mut usual = names(&mut Server::session(&sandbox, &[]));
    assert!(usual.contains(&"start_workflow".to_owned()) && !usual.contains(&"list_runs".to_owned()));
    let runs = names(&mut Server::session(&sandbox, &["--toolsets", "runs"]));
    assert!(
        runs.contains(&"list_runs".to_owned()) && !runs.contains(&"start_workflow".to_owned()),
        "{runs:?}"
    );
    let mut more = names(&mut Server::session(
        &sandbox,
        &["--tools", "list_runs", "--exclude-tools", "create_project,get_project"],
    ));
    usual.retain(|name| name != "create_project" && name != "get_project");
    usual.push("list_runs".to_owned());
    usual.sort();
    more.sort();
    assert_eq!(more, usual);
    let invocation = sandbox.command(["serve", "--stdio"]).env("WFMCP_SERVE_TOOLSETS", "monitoring");
    let server = Server::spawn(&invocation);
    assert_eq!(
        names(&mut server.initialized("2025-11-25", "x", json!({}))),
        ["get_workflow_metrics", "get_system_health", "diagnose"]
    );
    sandbox.file(".wfmcp/config.yaml", "serve: { toolsets: projects, read_only: true }\n");
    let few = names(&mut Server::session(&sandbox, &[]));
    assert_eq!(few, ["list_projects", "get_project", "get_active_project"]);
    for (arguments, says) in [
        (["--toolsets", "projcts"], "did you mean `projects`?"),
        (["--toolsets", "system"], "toolset `system` was not found"),
        (["--tools", "set_config"], "tool `set_config` was not found"),
        (["--exclude-tools", "star_workflow"], "did you mean `start_workflow`?"),
    ] {
        sandbox.wfmcp(["serve", "--stdio"].iter().chain(&arguments)).code(5).stderr_has(says);
    }
    sandbox.wfmcp(["serve"]).code(2).stderr_has("wfmcp serve --stdio");
}

#[test]
fn a_read_only_server_changes_nothing_whatever_else_is_said() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let mut server =
        Server::session(&sandbox, &["--read-only", "--toolsets", "all", "--tools", "start_workflow"]);
    let listed = server.result("tools/list", json!({}));
    for tool in listed["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
    let refused = server
        .request("tools/call", json!({ "name": "start_workflow", "arguments": { "workflow": "ask.yaml" } }));
    assert!(refused["error"]["message"].as_str().unwrap().contains("read-only"), "{refused}");
    assert_eq!(server.call("get_workflow_status", json!({ "run": "@last" }))["status"], "pending_action");
    server.close().ok();
}

/// The same input through both faces, for everything that looks.
#[test]
fn a_call_answers_what_the_terminal_answers() {
    let sandbox = Sandbox::new();
    sandbox.file("workflows/ask.yaml", ASK);
    sandbox.wfmcp(["run", "ask"]).code(4);
    let mut server = Server::session(&sandbox, &["--toolsets", "all"]);
    let cases: [(&str, Value, &[&str]); 14] = [
        ("get_workflow_status", json!({ "run": "@last" }), &["status", "@last"]),
        ("list_pending_actions", json!({}), &["inbox"]),
        (
            "list_runs",
            json!({ "status": ["pending_action"] }),
            &["runs", "list", "--status", "pending_action"],
        ),
        ("show_run", json!({ "run": "@last" }), &["runs", "show", "@last"]),
        ("get_run_log", json!({ "run": "@last" }), &["runs", "log", "@last"]),
        ("list_workflows", json!({}), &["workflows", "list"]),
        ("get_workflow", json!({ "workflow": "ask" }), &["workflows", "show", "ask"]),
        (
            "export_workflow_data",
            json!({ "workflow": "ask", "format": "json" }),
            &["workflows", "export", "ask", "--format", "json"],
        ),
        ("graph_workflow", json!({ "workflow": "ask" }), &["workflows", "graph", "ask"]),
        ("explain_workflow", json!({ "workflow": "ask" }), &["workflows", "explain", "ask"]),
        ("preview_run", json!({ "workflow": "ask" }), &["run", "ask", "--dry-run"]),
        ("list_projects", json!({}), &["projects", "list"]),
        ("get_project", json!({}), &["projects", "show"]),
        ("validate_workflow", json!({ "files": ["workflows"] }), &["validate", "workflows"]),
    ];
    for (tool, arguments, command) in cases {
        let printed = sandbox.wfmcp(command.iter().chain(&["--json"])).json();
        assert_eq!(server.call(tool, arguments), printed, "{tool}");
    }
    server.close().ok();
}

/// A call that is answered from memory takes a short way; asking for progress takes the long one.
#[test]
fn the_short_way_says_what_the_long_one_says() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    for mut server in [Server::session(&sandbox, &[]), Server::stateless(&sandbox, &[])] {
        server.result("tools/list", json!({}));
        for arguments in
            [json!({ "run": "@last" }), json!({ "execution_id": "@last" }), json!({ "run": "r-nobody" })]
        {
            let call = json!({ "name": "get_workflow_status", "arguments": arguments });
            let short = server.result("tools/call", call.clone());
            let mut long = call;
            long["_meta"] = json!({ "progressToken": 1 });
            assert_eq!(server.result("tools/call", long), short, "{arguments}");
        }
        server.close().ok();
    }
}

#[test]
fn arguments_are_understood_or_everything_wrong_with_them_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file("greet.yaml", "name: greet\ninputs: { names: { type: array, items: { type: string } }, loud: { type: boolean, default: false } }\nsteps: [{ shell: 'echo {{ inputs.names }}' }]\n");
    let mut server = Server::session(&sandbox, &[]);
    for arguments in [
        json!({ "workflow": "greet.yaml", "inputs": { "names": ["a"] } }),
        json!({ "workflow_name": "greet.yaml", "parameters": "{\"names\": [\"a\"]}", "wait_seconds": "20" }),
        json!({ "name": "greet.yaml", "inputs": { "names": "a", "loud": "true" }, "dir": null }),
    ] {
        assert_eq!(server.call("start_workflow", arguments)["status"], "completed");
    }
    let wrong = server.fails("start_workflow", json!({ "workflow": 7, "input": {}, "wait_seconds": "soon" }));
    let pointers: Vec<&str> =
        wrong["details"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/workflow") && pointers.contains(&"/wait_seconds"), "{wrong}");
    assert!(wrong["hints"].to_string().contains("did you mean `inputs`?"), "{wrong}");
    let wrong = server
        .fails("start_workflow", json!({ "workflow": "greet.yaml", "inputs": { "nmes": [], "loud": 3 } }));
    assert!(wrong["details"].as_array().unwrap().len() >= 3, "{wrong}");
    server.close().ok();
}

#[test]
fn a_call_that_panics_is_answered_and_the_next_one_works() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    for quick in [false, true] {
        sandbox.wfmcp(["run", "ask.yaml"]).code(4);
        let invocation = sandbox.command(["serve", "--stdio"]).env("WFMCP_FAULT", "panic-in-call:1");
        let mut server = Server::spawn(&invocation).initialized("2025-11-25", "x", json!({}));
        let tool = if quick { "get_workflow_status" } else { "list_pending_actions" };
        let error = server.fails(tool, json!({ "run": "@last" }));
        assert_eq!(error["kind"], "internal", "{error}");
        server.call(tool, json!({ "run": "@last" }));
        assert!(server.close().ok().stderr.contains("a bug"));
    }
}

#[test]
fn a_signal_ends_a_server_as_a_client_that_leaves_does() {
    let sandbox = Sandbox::new();
    sandbox.file("long.yaml", "name: long\nsteps: [{ id: a, shell: 'sleep 300', on_interrupt: rerun }]\n");
    // The shell itself, which may not have begun yet, names it too.
    let sleeps =
        || sandbox.processes().iter().any(|line| line.split_whitespace().skip(1).eq(["sleep", "300"]));
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::session(&sandbox, &[]);
        let begun = server.call("execute_workflow", json!({ "workflow": "long.yaml" }));
        crate::harness::wait_until(sleeps);
        server.signal(signal);
        server.wait().ok();
        crate::harness::wait_until(|| !sleeps());
        let mut next = Server::session(&sandbox, &[]);
        crate::harness::wait_until(sleeps);
        let log = sandbox.wfmcp(["runs", "log", begun["run_id"].as_str().unwrap(), "--json"]).ok().stdout;
        assert!(log.contains("interrupted"), "it goes on at the next start: {log}");
        next.call("cancel_workflow", json!({ "run": begun["run_id"] }));
        next.close().ok();
    }
}

#[test]
fn the_log_goes_to_its_file_and_to_a_client_that_listens_and_never_to_standard_output() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    let mut server = Server::session(&sandbox, &[]);
    server.result("logging/setLevel", json!({ "level": "info" }));
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let call = json!({ "name": "start_workflow", "arguments": { "workflow": "ask.yaml" }, "_meta": { "traceparent": trace } });
    server.result("tools/call", call);
    let told = server.note("notifications/message");
    assert_eq!((&told["level"], &told["data"]["tool"]), (&json!("info"), &json!("start_workflow")), "{told}");
    server.result("logging/setLevel", json!({ "level": "error" }));
    server.call("list_pending_actions", json!({}));
    assert!(server.is_silent());
    server.close().ok();
    let log = std::fs::read_to_string(sandbox.home().join("log/wfmcp.log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let call = lines.iter().find(|line| line["tool"] == "start_workflow").unwrap_or_else(|| panic!("{log}"));
    assert!(call["client"] == "agent" && call["ms"].is_number() && call["call"].is_number(), "{call}");
    assert_eq!(call["trace"], trace);
    let trail = sandbox.wfmcp(["audit", "--json"]).json();
    let entry = &trail["items"][0];
    assert_eq!(
        (&entry["operation"], &entry["by"], &entry["face"]),
        (&json!("start_workflow"), &json!("agent"), &json!("mcp"))
    );
    assert!(entry["session"].is_string(), "{entry}");
}
