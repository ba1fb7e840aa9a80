//! Malformed, truncated, oversized, out-of-order, duplicated and hostile messages: each gets exactly the answer that
//! JSON-RPC and MCP require, in both eras, and the server lives on.

use crate::harness::{LATEST_SESSION, MODERN, Sandbox, Server};
use serde_json::{Value, json};

const PARSE: i64 = -32700;
const REQUEST: i64 = -32600;
const METHOD: i64 = -32601;
const PARAMS: i64 = -32602;

/// What comes back: an error of this code with this id, a result with this id, or nothing.
#[derive(Debug, Clone, Copy)]
enum Back {
    Error(i64, &'static str),
    Result(&'static str),
    Silence,
}
use Back::{Error, Result, Silence};

/// Messages that are answered alike in both eras, on a connection that is in use.
const ALIKE: &[(&str, Back)] = &[
    // No JSON at all, or not whole.
    ("{", Error(PARSE, "null")),
    ("nonsense", Error(PARSE, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"", Error(PARSE, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}}", Error(PARSE, "null")),
    ("{'jsonrpc':'2.0'}", Error(PARSE, "null")),
    ("{\"jsonrpc\":\"2.0\",}", Error(PARSE, "null")),
    ("\"text", Error(PARSE, "null")),
    ("{\"a\":\"\\x\"}", Error(PARSE, "null")),
    ("{\"a\":01}", Error(PARSE, "null")),
    ("NaN", Error(PARSE, "null")),
    ("[{\"jsonrpc\":\"2.0\"", Error(PARSE, "null")),
    ("\u{feff}{}", Error(PARSE, "null")),
    ("{\"a\":\"\u{1}\"}", Error(PARSE, "null")),
    // JSON that is no request.
    ("7", Error(REQUEST, "null")),
    ("null", Error(REQUEST, "null")),
    ("true", Error(REQUEST, "null")),
    ("\"text\"", Error(REQUEST, "null")),
    ("{}", Error(REQUEST, "null")),
    ("[]", Error(REQUEST, "null")),
    ("{\"id\":901,\"method\":\"ping\"}", Error(REQUEST, "901")),
    ("{\"jsonrpc\":2.0,\"id\":902,\"method\":\"ping\"}", Error(REQUEST, "902")),
    ("{\"jsonrpc\":\"1.0\",\"id\":\"a\",\"method\":\"ping\"}", Error(REQUEST, "\"a\"")),
    ("{\"jsonrpc\":null,\"id\":903,\"method\":\"ping\"}", Error(REQUEST, "903")),
    ("{\"jsonrpc\":\"2.0\",\"id\":904}", Error(REQUEST, "904")),
    ("{\"jsonrpc\":\"2.0\",\"id\":905,\"method\":null}", Error(REQUEST, "905")),
    ("{\"jsonrpc\":\"2.0\",\"id\":906,\"method\":7}", Error(REQUEST, "906")),
    ("{\"jsonrpc\":\"2.0\",\"id\":907,\"method\":[\"ping\"]}", Error(REQUEST, "907")),
    ("{\"jsonrpc\":\"2.0\",\"id\":908,\"result\":{},\"error\":{}}", Error(REQUEST, "908")),
    ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", Error(REQUEST, "null")),
    ("{\"jsonrpc\":\"2.0\",\"id\":909,\"method\":\"ping\",\"params\":7}", Error(REQUEST, "909")),
    ("{\"jsonrpc\":\"2.0\",\"id\":910,\"method\":\"ping\",\"params\":null}", Error(REQUEST, "910")),
    ("{\"jsonrpc\":\"2.0\",\"id\":911,\"method\":\"ping\",\"params\":\"x\"}", Error(REQUEST, "911")),
    // A first message after the first, whatever it says.
    ("{\"jsonrpc\":\"2.0\",\"id\":912,\"method\":\"initialize\",\"params\":{}}", Error(REQUEST, "912")),
    // Methods that are not there.
    ("{\"jsonrpc\":\"2.0\",\"id\":920,\"method\":\"\"}", Error(METHOD, "920")),
    ("{\"jsonrpc\":\"2.0\",\"id\":921,\"method\":\"tools/remove\"}", Error(METHOD, "921")),
    ("{\"jsonrpc\":\"2.0\",\"id\":922,\"method\":\"TOOLS/LIST\"}", Error(METHOD, "922")),
    ("{\"jsonrpc\":\"2.0\",\"id\":923,\"method\":\"rpc.discover\"}", Error(METHOD, "923")),
    ("{\"jsonrpc\":\"2.0\",\"id\":924,\"method\":\"notifications/initialized\"}", Error(METHOD, "924")),
    ("{\"jsonrpc\":\"2.0\",\"id\":925,\"method\":\"tasks/list\"}", Error(METHOD, "925")),
    // Methods that are there, with parameters that do not fit.
    ("{\"jsonrpc\":\"2.0\",\"id\":930,\"method\":\"tools/call\",\"params\":[1]}", Error(PARAMS, "930")),
    ("{\"jsonrpc\":\"2.0\",\"id\":931,\"method\":\"tools/call\"}", Error(PARAMS, "931")),
    ("{\"jsonrpc\":\"2.0\",\"id\":932,\"method\":\"tools/call\",\"params\":{}}", Error(PARAMS, "932")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":933,\"method\":\"tools/call\",\"params\":{\"name\":7}}",
        Error(PARAMS, "933"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":934,\"method\":\"tools/call\",\"params\":{\"name\":\"x\",\"arguments\":[]}}",
        Error(PARAMS, "934"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":935,\"method\":\"tools/call\",\"params\":{\"name\":\"x\",\"arguments\":\"{}\"}}",
        Error(PARAMS, "935"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":936,\"method\":\"resources/read\",\"params\":{\"uri\":1}}",
        Error(PARAMS, "936"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":937,\"method\":\"prompts/get\",\"params\":{\"name\":\"x\",\"arguments\":7}}",
        Error(PARAMS, "937"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":938,\"method\":\"completion/complete\",\"params\":{\"ref\":{}}}",
        Error(PARAMS, "938"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":939,\"method\":\"tools/list\",\"params\":{\"cursor\":7}}",
        Error(PARAMS, "939"),
    ),
    // What nobody waits for an answer to.
    ("", Silence),
    ("   ", Silence),
    ("\r", Silence),
    ("{\"jsonrpc\":\"2.0\",\"method\":\"nobody/knows\"}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"list_workflows\"}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":777}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":[7]}", Silence),
    (
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}",
        Silence,
    ),
    ("{\"jsonrpc\":\"2.0\",\"id\":4242,\"result\":{}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"id\":\"nobody\",\"error\":{\"code\":1,\"message\":\"x\"}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"x\"}}", Silence),
    ("{\"jsonrpc\":\"2.0\",\"id\":4243,\"result\":7}", Silence),
];

/// What only a session has.
const SESSION: &[(&str, Back)] = &[
    ("{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"ping\"}", Result("\"\"")),
    ("{\"jsonrpc\":\"2.0\",\"id\":-1,\"method\":\"ping\"}", Result("-1")),
    ("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\",\"params\":{},\"more\":1}", Result("0")),
    ("  {\"id\" : 950, \"method\" : \"ping\" , \"jsonrpc\":\"2.0\"}  \r", Result("950")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":951,\"method\":\"tools/list\",\"params\":{\"cursor\":\"nowhere\"}}",
        Error(PARAMS, "951"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":952,\"method\":\"tools/call\",\"params\":{\"name\":\"nobody\"}}",
        Error(PARAMS, "952"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":953,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"loud\"}}",
        Error(PARAMS, "953"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":954,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"error\"}}",
        Result("954"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":955,\"method\":\"subscriptions/listen\",\"params\":{\"notifications\":{}}}",
        Error(METHOD, "955"),
    ),
    ("[{\"jsonrpc\":\"2.0\",\"id\":956,\"method\":\"ping\"}]", Error(REQUEST, "null")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":957,\"method\":\"ping\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"1999-01-01\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
        Error(-32022, "957"),
    ),
];

/// What only requests without a session have; `META` stands for what each must say of itself.
const STATELESS: &[(&str, Back)] = &[
    ("{\"jsonrpc\":\"2.0\",\"id\":960,\"method\":\"ping\",\"params\":{META}}", Error(METHOD, "960")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":961,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"error\",META}}",
        Error(METHOD, "961"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":962,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"status://health\",META}}",
        Error(METHOD, "962"),
    ),
    ("{\"jsonrpc\":\"2.0\",\"id\":963,\"method\":\"tools/list\",\"params\":{}}", Error(PARAMS, "963")),
    ("{\"jsonrpc\":\"2.0\",\"id\":964,\"method\":\"tools/list\"}", Error(PARAMS, "964")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":965,\"method\":\"tools/list\",\"params\":{\"_meta\":{}}}",
        Error(PARAMS, "965"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":966,\"method\":\"tools/list\",\"params\":{\"_meta\":7}}",
        Error(PARAMS, "966"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":967,\"method\":\"tools/call\",\"params\":{\"name\":\"list_workflows\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}",
        Error(PARAMS, "967"),
    ),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":968,\"method\":\"tools/call\",\"params\":{\"name\":\"get_workflow_status\",\"arguments\":{\"run\":\"x\"},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2027-01-01\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
        Error(-32022, "968"),
    ),
    ("{\"jsonrpc\":\"2.0\",\"id\":969,\"method\":\"tools/list\",\"params\":{META}}", Result("969")),
    ("{\"jsonrpc\":\"2.0\",\"id\":970,\"method\":\"server/discover\",\"params\":{META}}", Result("970")),
    (
        "{\"jsonrpc\":\"2.0\",\"id\":971,\"method\":\"tools/call\",\"params\":{\"name\":\"nobody\",META}}",
        Error(PARAMS, "971"),
    ),
    (
        "[{\"jsonrpc\":\"2.0\",\"id\":972,\"method\":\"tools/list\",\"params\":{META}}]",
        Error(REQUEST, "null"),
    ),
];

const META: &str = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";

/// A silent message is known to be one when what follows it is answered first.
fn expect(server: &mut Server, message: &str, back: Back, era: &str) {
    server.send(message);
    let probe = json!({ "jsonrpc": "2.0", "id": "probe", "method": "no/such" }).to_string();
    let expected = match back {
        Silence => {
            server.send(&probe);
            (json!("probe"), Some(METHOD))
        }
        Error(code, id) => (serde_json::from_str(id).unwrap(), Some(code)),
        Result(id) => (serde_json::from_str(id).unwrap(), None),
    };
    let got = server.message();
    let told = (got["id"].clone(), got["error"]["code"].as_i64());
    assert_eq!(told, expected, "{era}: {message}\n{:.300}", got.to_string());
    assert_eq!(got["jsonrpc"], "2.0", "{message}");
    if let Some(error) = got.get("error") {
        assert!(error["message"].as_str().is_some_and(|text| text.len() > 10), "{message}: {got}");
    }
}

#[test]
fn a_session_answers_each_message_as_it_must_and_lives_on() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    for (message, back) in ALIKE.iter().chain(SESSION) {
        expect(&mut server, message, *back, "session");
    }
    assert_eq!(server.request("ping", json!({}))["result"], json!({}));
    server.close().ok();
}

#[test]
fn a_stateless_connection_answers_each_message_as_it_must_and_lives_on() {
    let sandbox = Sandbox::new();
    let mut server = Server::stateless(&sandbox, &[]);
    server.result("tools/list", json!({}));
    for (message, back) in ALIKE.iter().chain(STATELESS) {
        expect(&mut server, &message.replace("META", META), *back, "stateless");
    }
    server.result("tools/list", json!({}));
    server.close().ok();
}

#[test]
fn before_anything_was_agreed_only_openings_are_answered_with_a_result() {
    let sandbox = Sandbox::new();
    let mut server = Server::start(&sandbox, &[]);
    let early = [
        ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", Silence),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", Silence),
        ("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}", Result("2")),
        ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}", Error(PARAMS, "3")),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":{\"name\":\"list_workflows\"}}",
            Error(PARAMS, "4"),
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"initialize\"}", Error(PARAMS, "5")),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"initialize\",\"params\":{\"protocolVersion\":7}}",
            Error(PARAMS, "6"),
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"server/discover\",\"params\":{META}}", Result("7")),
    ];
    for (message, back) in early {
        expect(&mut server, &message.replace("META", META), back, "early");
    }
    let mut server = server.initialized(LATEST_SESSION, "late", json!({}));
    server.result("tools/list", json!({}));
    server.close().ok();
}

#[test]
fn each_version_is_answered_with_itself_and_an_unknown_one_with_the_latest_session() {
    let sandbox = Sandbox::new();
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        (MODERN, LATEST_SESSION),
        ("1999-01-01", LATEST_SESSION),
    ] {
        let mut server = Server::start(&sandbox, &[]);
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
        assert_eq!(server.result("initialize", params)["protocolVersion"], agreed, "{asked}");
        server.close().ok();
    }
}

#[test]
fn the_stateless_era_is_discovered() {
    let sandbox = Sandbox::new();
    let mut server = Server::stateless(&sandbox, &[]);
    let found = server.result("server/discover", json!({}));
    let versions: Vec<&str> = found["supportedVersions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version.as_str().unwrap())
        .collect();
    assert!(versions.contains(&MODERN) && versions.contains(&LATEST_SESSION), "{found}");
    let listed = server.result("tools/list", json!({}));
    assert_eq!(listed["resultType"], "complete", "{listed}");
    assert!(listed["ttlMs"].is_number() && listed["cacheScope"].is_string(), "{listed}");
}

/// Versions before 2025-06-18 have batches; the answers come in one line, whatever was wrong with each message.
#[test]
fn a_batch_is_answered_by_a_batch() {
    let sandbox = Sandbox::new();
    let mut server = Server::start(&sandbox, &[]).initialized("2025-03-26", "old", json!({}));
    server.send(
        json!([
            { "jsonrpc": "2.0", "id": 1, "method": "ping" },
            { "jsonrpc": "2.0", "method": "notifications/initialized" },
            { "jsonrpc": "2.0", "id": 2, "method": "no/such" },
            7,
            { "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": { "name": "list_workflows", "arguments": {} } },
            { "jsonrpc": "2.0", "id": 4, "method": "initialize", "params": {} },
            { "jsonrpc": "2.0", "id": 3, "method": "ping" },
        ])
        .to_string(),
    );
    let answers = server.message();
    let mut told: Vec<(Value, Option<i64>)> = answers
        .as_array()
        .expect("a batch")
        .iter()
        .map(|answer| (answer["id"].clone(), answer["error"]["code"].as_i64()))
        .collect();
    told.sort_by_key(|(id, code)| (id.to_string(), *code));
    let expected = [
        (json!(1), None),
        (json!(2), Some(METHOD)),
        (json!(3), None),
        (json!(3), Some(REQUEST)),
        (json!(4), Some(REQUEST)),
        (Value::Null, Some(REQUEST)),
    ];
    assert_eq!(told, expected);
    server.send("[{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}]");
    assert!(server.is_silent(), "nothing in it wants an answer");
    server.close().ok();
}

#[test]
fn a_line_beyond_the_limit_is_an_error_and_what_follows_is_heard() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &["--message-bytes-max", "100000"]);
    let long = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{{\"x\":\"{}\"}}}}",
        "x".repeat(2_000_000)
    );
    server.send(&long);
    let refused = server.message();
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(REQUEST)));
    let words = refused["error"]["message"].as_str().unwrap();
    assert!(words.contains(&long.len().to_string()) && words.contains("100000"), "{words}");
    assert_eq!(server.request("ping", json!({}))["result"], json!({}));
    server.close().ok();
}

#[test]
fn a_message_may_come_in_pieces_or_many_at_once_and_the_last_needs_no_end() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    let ping = |id: i64| json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }).to_string();
    for byte in ping(500).as_bytes() {
        server.send_piece(&[*byte]);
    }
    server.send_piece(b"\n");
    assert_eq!(server.message()["id"], 500);
    let many: Vec<String> = (501..600).map(ping).collect();
    server.send(many.join("\n"));
    for id in 501..600 {
        server.answer(id);
    }
    server.send_piece(ping(600).as_bytes());
    server.close().ok().stdout_has("\"id\":600");
}

#[test]
fn a_truncated_last_message_is_answered_before_the_end() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    server.send_piece(b"{\"jsonrpc\":\"2.0\",\"id\":7,\"meth");
    server.close().ok().stdout_has("-32700");
}

#[test]
fn what_is_no_text_and_what_is_too_deep_harms_nobody() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    server.send(b"\xff\xfe{\"jsonrpc\"");
    assert_eq!(server.message()["error"]["code"], PARSE);
    server.send(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"x\":\"\xc3\x28\"}");
    assert_eq!(server.message()["error"]["code"], PARSE);
    server.send(b"{\"a\":\"\0\"}");
    assert_eq!(server.message()["error"]["code"], PARSE);
    for depth in [200, 100_000] {
        let deep = "[".repeat(depth) + &"]".repeat(depth);
        server.send(format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{depth},\"method\":\"tools/call\",\"params\":{{\"name\":\"list_workflows\",\"arguments\":{{\"x\":{deep}}}}}}}"
        ));
        let answer = server.message();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(depth), &json!(PARAMS)), "{answer}");
    }
    server.send("[".repeat(100_000));
    assert_eq!(server.message()["error"]["code"], PARSE);
    server.close().ok();
}

#[test]
fn an_id_in_use_is_not_taken_twice_and_is_free_again_after_its_answer() {
    let sandbox = Sandbox::new();
    sandbox.file("nap.yaml", "name: nap\nsteps: [{ id: a, wait: 1s }]\n");
    let mut server = Server::session(&sandbox, &[]);
    let call = json!({ "jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": { "name": "start_workflow", "arguments": { "workflow": "nap.yaml" } } });
    server.send(call.to_string());
    server.send(json!({ "jsonrpc": "2.0", "id": "x", "method": "ping" }).to_string());
    assert_eq!(server.message()["error"]["code"], REQUEST);
    assert_eq!(server.message()["result"]["structuredContent"]["status"], "completed");
    server.send(json!({ "jsonrpc": "2.0", "id": "x", "method": "ping" }).to_string());
    assert_eq!(server.message()["result"], json!({}));
    server.close().ok();
}

#[test]
fn a_cancelled_call_is_not_answered_and_its_run_goes_on() {
    let sandbox = Sandbox::new();
    sandbox
        .file("nap.yaml", "name: nap\nsteps: [{ id: a, wait: 1s }, { id: b, shell: 'echo done > done' }]\n");
    let mut server = Server::session(&sandbox, &[]);
    let id = server
        .begin("tools/call", json!({ "name": "start_workflow", "arguments": { "workflow": "nap.yaml" } }));
    crate::harness::wait_until(|| {
        !sandbox.wfmcp(["runs", "list", "--json"]).json()["items"].as_array().unwrap().is_empty()
    });
    server.notify("notifications/cancelled", json!({ "requestId": id, "reason": "changed my mind" }));
    let report = server.call("get_workflow_status", json!({ "run": "@last", "wait_seconds": 20 }));
    assert_eq!(report["status"], "completed", "{report}");
    assert!(sandbox.path("done").exists());
    assert!(server.notes.iter().all(|note| note["id"] != id), "nobody waits for it: {:?}", server.notes);
    server.close().ok();
}
