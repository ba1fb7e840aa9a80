//! Resources: what there is to read, that each is read as the terminal tells it, and who is told of a change.

use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

const ASK: &str =
    "name: ask\ndescription: Asks.\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("workflows/ask.yaml", ASK);
    sandbox
}

fn read(server: &mut Server, uri: &str) -> Value {
    let mut result = server.result("resources/read", json!({ "uri": uri }));
    let contents = result["contents"][0].take();
    assert_eq!(contents["uri"], uri);
    contents
}

fn json_of(server: &mut Server, uri: &str) -> Value {
    let contents = read(server, uri);
    assert_eq!(contents["mimeType"], "application/json", "{uri}");
    serde_json::from_str(contents["text"].as_str().unwrap()).unwrap()
}

/// Every resource of the list, page after page.
fn all(server: &mut Server) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
        let page = server.result("resources/list", params);
        found.extend(
            page["resources"].as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap().to_owned()),
        );
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            return found;
        }
    }
}

#[test]
fn everything_that_is_listed_can_be_read_in_both_eras() {
    let sandbox = place();
    sandbox.wfmcp(["run", "ask"]).code(4);
    for mut server in [Server::session(&sandbox, &[]), Server::stateless(&sandbox, &[])] {
        let uris = all(&mut server);
        for uri in ["config://server", "status://health", "wfmcp://projects/default", "wfmcp://workflows/ask"]
        {
            assert!(uris.contains(&uri.to_owned()), "{uri}: {uris:?}");
        }
        assert!(uris.iter().any(|uri| uri.starts_with("wfmcp://runs/r-")), "{uris:?}");
        for uri in &uris {
            let contents = read(&mut server, uri);
            assert!(
                contents["mimeType"].is_string() && !contents["text"].as_str().unwrap().is_empty(),
                "{uri}"
            );
        }
        let refused = server.request("resources/list", json!({ "cursor": "nowhere" }));
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        server.close().ok();
    }
}

#[test]
fn a_resource_says_what_the_terminal_says() {
    let sandbox = place();
    sandbox.wfmcp(["run", "ask"]).code(4);
    let mut server = Server::session(&sandbox, &[]);
    let report = sandbox.wfmcp(["status", "@last", "--json"]).json();
    let run = report["run_id"].as_str().unwrap();
    assert_eq!(json_of(&mut server, &format!("wfmcp://runs/{run}")), report);
    let log = sandbox.wfmcp(["runs", "log", run, "--json"]).json();
    assert_eq!(json_of(&mut server, &format!("wfmcp://runs/{run}/log")), log);
    let rest = json_of(&mut server, &format!("wfmcp://runs/{run}/log?after=1&limit=1"));
    assert_eq!((&rest["lines"][0]["seq"], rest["lines"].as_array().unwrap().len()), (&json!(2), 1), "{rest}");
    let health = sandbox.wfmcp(["health", "--json"]).json();
    assert_eq!(json_of(&mut server, "status://health")["status"], health["status"]);
    let project = sandbox.wfmcp(["projects", "show", "--json"]).json();
    assert_eq!(json_of(&mut server, "wfmcp://projects/default"), project);
    let text = read(&mut server, "wfmcp://workflows/ask");
    assert_eq!((&text["text"], &text["mimeType"]), (&json!(ASK), &json!("application/yaml")));
    let action = report["action"]["action_id"].as_str().unwrap();
    assert_eq!(read(&mut server, &format!("wfmcp://runs/{run}/actions/{action}"))["text"], "What?");
    server.close().ok();
}

#[test]
fn what_is_not_there_or_no_uri_is_told_apart_and_so_is_each_era() {
    let sandbox = place();
    for (mut server, missing) in
        [(Server::session(&sandbox, &[]), -32002), (Server::stateless(&sandbox, &[]), -32602)]
    {
        for uri in [
            "wfmcp://runs/r-nobody",
            "wfmcp://workflows/nobody",
            "wfmcp://projects/nobody",
            "wfmcp://runs/@last/log",
        ] {
            let refused = server.request("resources/read", json!({ "uri": uri }));
            assert_eq!(refused["error"]["code"], missing, "{uri}: {refused}");
            assert!(refused["error"]["data"]["hints"].is_array(), "{uri}: {refused}");
        }
        for uri in [
            "",
            "nonsense",
            "http://example.org/",
            "wfmcp://",
            "wfmcp://runs/x/y/z",
            "wfmcp://runs/r?x=1",
            "wfmcp://workflows/%zz",
        ] {
            let refused = server.request("resources/read", json!({ "uri": uri }));
            assert_eq!(refused["error"]["code"], -32602, "{uri}: {refused}");
        }
        server.close().ok();
    }
}

#[test]
fn a_large_output_is_a_file_that_is_read_in_pieces() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "big.yaml",
        "name: big\nsteps: [{ id: a, shell: 'seq 400000' }]\noutputs: { all: '{{ steps.a.result }}' }\n",
    );
    let mut server = Server::session(&sandbox, &["--toolsets", "workflows,runs"]);
    let result = server
        .result("tools/call", json!({ "name": "start_workflow", "arguments": { "workflow": "big.yaml" } }));
    assert!(result.to_string().len() < 200_000, "an answer that hosts would cut");
    let note = result["content"][1]["text"].as_str().unwrap();
    assert!(note.contains("shortened") && note.contains("wfmcp://runs/r-"), "{note}");
    let run = result["structuredContent"]["run_id"].as_str().unwrap().to_owned();
    let files = server.call("list_artifacts", json!({ "run": run }));
    let name = files["artifacts"][0]["name"].as_str().unwrap_or_else(|| panic!("{files}")).to_owned();
    let (mut text, mut at) = (String::new(), json!(0));
    while !at.is_null() {
        let uri = format!("wfmcp://runs/{run}/artifacts/{name}?from_byte={at}");
        let uri = uri.replace("?from_byte=0", "");
        let piece = read(&mut server, &uri);
        text.push_str(piece["text"].as_str().unwrap());
        at = piece["_meta"]["wfmcp/nextByte"].clone();
    }
    assert!(text.contains("399999") && text.contains("123456"), "{} bytes", text.len());
    server.close().ok();
}

#[test]
fn long_instructions_go_on_where_the_packet_ends() {
    let sandbox = Sandbox::new();
    let words = "Read all of this. ".repeat(2_000);
    sandbox.file(
        "long.yaml",
        &format!("name: long\nsteps: [{{ id: a, prompt: '{words}', result: {{ type: string }} }}]\n"),
    );
    let mut server = Server::session(&sandbox, &["--max-action-tokens", "500"]);
    let report = server.call("start_workflow", json!({ "workflow": "long.yaml" }));
    let action = &report["action"];
    let mut text = action["instructions"].as_str().unwrap().to_owned();
    assert_eq!(text.len(), 2_000);
    let mut at = action["continues"]["from_byte"].clone();
    let by_resource = read(&mut server, action["continues"]["resource"].as_str().unwrap());
    while !at.is_null() {
        let piece = server.call("get_action", json!({ "action": action["action_id"], "from_byte": at }));
        if text.len() == 2_000 {
            assert_eq!(piece["text"], by_resource["text"]);
        }
        text.push_str(piece["text"].as_str().unwrap());
        at = piece["next_byte"].clone();
    }
    assert_eq!(text.trim(), words.trim());
    server.close().ok();
}

#[test]
fn a_session_is_told_what_it_subscribed_to() {
    let sandbox = place();
    sandbox.wfmcp(["run", "ask"]).code(4);
    let mut server = Server::session(&sandbox, &[]);
    let run = sandbox.wfmcp(["status", "@last", "--json"]).json()["run_id"].as_str().unwrap().to_owned();
    let uri = format!("wfmcp://runs/{run}");
    server.result("resources/subscribe", json!({ "uri": uri }));
    sandbox.wfmcp(["submit", &run, "--result", "hi"]).ok();
    assert_eq!(server.note("notifications/resources/updated")["uri"], uri);
    server.result("resources/list", json!({}));
    sandbox.wfmcp(["run", "ask"]).code(4);
    server.note("notifications/resources/list_changed");
    server.result("resources/unsubscribe", json!({ "uri": uri }));
    let refused = server.request("resources/subscribe", json!({ "uri": "wfmcp://runs/r-nobody" }));
    assert_eq!(refused["error"]["code"], -32002, "{refused}");
    server.close().ok();
}

#[test]
fn without_a_session_one_listens_for_as_long_as_one_likes() {
    let sandbox = place();
    sandbox.wfmcp(["run", "ask"]).code(4);
    let run = sandbox.wfmcp(["status", "@last", "--json"]).json()["run_id"].as_str().unwrap().to_owned();
    let uri = format!("wfmcp://runs/{run}/log");
    let mut server = Server::stateless(&sandbox, &[]);
    server.result("tools/list", json!({}));
    let wanted = json!({ "resourceSubscriptions": [uri, "nonsense"], "resourcesListChanged": true, "toolsListChanged": true });
    let id = server.begin("subscriptions/listen", json!({ "notifications": wanted }));
    let accepted = server.note("notifications/subscriptions/acknowledged");
    assert_eq!(
        accepted["notifications"],
        json!({ "resourceSubscriptions": [uri], "resourcesListChanged": true }),
        "{accepted}"
    );
    sandbox.wfmcp(["submit", &run, "--result", "hi"]).ok();
    let told = server.note("notifications/resources/updated");
    assert_eq!(told["uri"], uri, "{told}");
    assert_eq!(told["_meta"]["io.modelcontextprotocol/subscriptionId"], json!(id), "{told}");
    sandbox.wfmcp(["run", "ask"]).code(4);
    server.note("notifications/resources/list_changed");
    server.notify("notifications/cancelled", json!({ "requestId": id }));
    server.result("tools/list", json!({}));
    server.close().ok();
}

#[test]
fn ids_and_names_complete() {
    let sandbox = place();
    sandbox.wfmcp(["run", "ask"]).code(4);
    let run = sandbox.wfmcp(["status", "@last", "--json"]).json()["run_id"].as_str().unwrap().to_owned();
    let mut server = Server::session(&sandbox, &[]);
    let templates = server.result("resources/templates/list", json!({}));
    let templates: Vec<&str> = templates["resourceTemplates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["uriTemplate"].as_str().unwrap())
        .collect();
    assert!(templates.contains(&"wfmcp://runs/{id}/log{?after,limit}"), "{templates:?}");
    let mut complete = |template: &str, name: &str, value: &str| {
        let reference = json!({ "type": "ref/resource", "uri": template });
        server.result(
            "completion/complete",
            json!({ "ref": reference, "argument": { "name": name, "value": value } }),
        )["completion"]["values"]
            .take()
    };
    assert_eq!(complete("wfmcp://runs/{id}", "id", &run[..4]), json!([run]));
    assert_eq!(complete("wfmcp://workflows/{name}", "name", "a"), json!(["ask"]));
    assert_eq!(complete("wfmcp://projects/{id}", "id", ""), json!(["default"]));
    assert_eq!(complete("wfmcp://workflows/{name}", "name", "zzz"), json!([]));
    assert_eq!(complete("nonsense://{x}", "x", ""), json!([]));
    server.close().ok();
}
