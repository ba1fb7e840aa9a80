//! Calls to a small real server, and everything such a server may do wrong.

use super::*;
use crate::config::{McpServer, Place};
use crate::effects::{Cause, Error, Mask, Stop};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn server(mode: &str) -> McpServer {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/mcp_server.py");
    McpServer {
        name: "test".to_owned(),
        command: "python3".to_owned(),
        args: vec![script.to_owned(), mode.to_owned()],
        env: BTreeMap::from([("TOKEN".to_owned(), "hunter22".to_owned())]),
        cwd: None,
        place: Place::Flag("test".to_owned()),
    }
}

fn call_with(
    client: &Client,
    server: &McpServer,
    tool: &str,
    arguments: &Value,
    timeout: Option<Duration>,
) -> Result<Value, Error> {
    let mask = Mask::new(["hunter22"]);
    client.call(&Call { server, tool, arguments, timeout, mask: &mask }, &Stop::new().unwrap())
}

fn call(client: &Client, tool: &str, arguments: &Value) -> Result<Value, Error> {
    call_with(client, &server("good"), tool, arguments, None)
}

#[test]
fn results_become_values() {
    let client = Client::default();
    for (tool, arguments, expected) in [
        ("echo", json!({"text": "hello"}), json!("hello")),
        // Text stays text: what it means is the step's `parse` to say.
        ("echo", json!({"text": "{\"a\": 1}"}), json!("{\"a\": 1}")),
        ("echo", Value::Null, json!("")),
        ("structured", json!({"a": 2, "b": 3}), json!({"sum": 5})),
        ("env", json!({"name": "TOKEN"}), json!("***")),
        ("env", json!({"name": "WFMCP_NOTHING"}), json!("")),
    ] {
        assert_eq!(call(&client, tool, &arguments).unwrap(), expected, "{tool} {arguments}");
    }
}

#[test]
fn one_server_serves_all_calls_until_it_dies_and_is_started_again() {
    let client = Client::default();
    let first = call(&client, "count", &json!({})).unwrap();
    let second = call(&client, "count", &json!({})).unwrap();
    assert_eq!((&first[0], &second[0], &first[1]), (&json!("1"), &json!("2"), &second[1]));

    let error = call(&client, "die", &json!({})).unwrap_err();
    assert_eq!(error.kind, "mcp_server");
    assert!(error.message.contains("ended before it answered; its last words: out of memory"), "{error}");

    let third = call(&client, "count", &json!({})).unwrap();
    assert_eq!(third[0], json!("1"));
    assert_ne!(third[1], first[1]);
}

#[test]
fn failures_of_a_tool_are_told_in_its_words() {
    let client = Client::default();
    for (tool, arguments, says) in [
        ("fail", json!({}), "tool `fail` of server `test` failed: the disk is on fire"),
        ("nothing", json!({}), "server `test` refused: Unknown tool"),
        ("echo", json!([1]), "the arguments of a tool must be an object"),
    ] {
        let error = call(&client, tool, &arguments).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), ("tool_error", says));
    }
}

#[test]
fn a_server_that_does_not_speak_is_told_apart() {
    let client = Client::default();
    for (mode, says) in [("dead", "no licence key"), ("garbage", "did not start up")] {
        let error = call_with(&client, &server(mode), "echo", &json!({}), None).unwrap_err();
        assert_eq!(error.kind, "mcp_server");
        assert!(error.message.contains(says), "{error}");
    }
    let missing = McpServer { command: "./no-such-server".to_owned(), ..server("good") };
    let error = call_with(&client, &missing, "echo", &json!({}), None).unwrap_err();
    assert!(error.message.contains("`./no-such-server` was not found"), "{error}");
}

#[test]
fn a_call_that_takes_too_long_ends() {
    let client = Client::default();
    let limit = Some(Duration::from_millis(300));
    let error = call_with(&client, &server("good"), "sleep", &json!({}), limit).unwrap_err();
    assert_eq!(error.kind, "timeout");
    assert!(error.message.contains("did not answer within 0.3 s"), "{error}");
}

#[test]
fn a_stop_ends_a_call() {
    let client = Client::default();
    let (stop, mask, server) = (Stop::new().unwrap(), Mask::default(), server("good"));
    let other = stop.clone();
    let call = Call { server: &server, tool: "sleep", arguments: &json!({}), timeout: None, mask: &mask };
    let error = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.call(&call, &stop));
        other.request(Cause::Cancelled);
        waiting.join().unwrap().unwrap_err()
    });
    assert_eq!(error.kind, "stopped");
}

#[test]
fn tools_are_listed_with_their_schemas() {
    let tools = Client::default().tools(&server("good"), &Mask::default()).unwrap();
    assert_eq!(tools.len(), 1);
    assert_eq!((tools[0].name.as_str(), tools[0].description.as_deref()), ("echo", Some("Says it again.")));
    assert_eq!(tools[0].input_schema, json!({"type": "object"}));
}

#[test]
fn dropping_the_client_ends_its_servers() {
    let client = Client::default();
    let pid = call(&client, "count", &json!({})).unwrap()[1].as_str().unwrap().parse().unwrap();
    drop(client);
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    assert!(rustix::process::test_kill_process(pid).is_err());
}
