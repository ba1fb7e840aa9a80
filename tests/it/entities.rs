//! Entities as they are used: from the terminal, by agents, out of workflows, by a hundred at once, and when an import is
//! killed.

use super::harness::{Background, Sandbox, Server};
use serde_json::{Value, json};

const SCHEMA: &str = r#"{
  "type": "object", "required": ["status"],
  "properties": { "status": { "enum": ["broken", "operational"] }, "zip": { "type": "string" }, "n": { "type": "integer" },
                  "mail": { "type": "string", "format": "email" } }
}"#;

fn with_type() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("vendor.json", SCHEMA);
    sandbox.wfmcp(["entities", "types", "register", "vendor", "vendor.json"]).ok();
    sandbox
}

fn query(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let mut line = vec!["entities", "query", "vendor", "--json"];
    line.extend(arguments);
    let page = sandbox.wfmcp(line).ok().json();
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_entity_lives_from_its_creation_to_its_end() {
    let sandbox = with_type();
    let create = "entities create vendor acme --set status=broken --set n=3 --set owner.name='Ada \"L\"' --tag eu --as ada --json";
    let made = sandbox.sh(&format!("wfmcp {create}")).ok().json();
    assert_eq!(made["data"], json!({ "status": "broken", "n": 3, "owner": { "name": "Ada \"L\"" } }));
    assert_eq!(
        (&made["created_by"], &made["version"], &made["tags"]),
        (&json!("ada"), &json!(1), &json!(["eu"]))
    );
    let id = made["entity_id"].as_str().unwrap();
    sandbox
        .wfmcp(["entities", "create", "vendor", "acme", "--set", "status=broken"])
        .code(6)
        .stderr_has("exists already");
    let wrong = sandbox
        .wfmcp(["entities", "create", "vendor", "x", "--set", "status=x", "--set", "mail=no", "--json"]);
    assert_eq!(wrong.code(3).json()["error"]["details"].as_array().unwrap().len(), 2);
    sandbox
        .wfmcp(["entities", "create", "vendor", "e-1-1", "--set", "status=broken"])
        .code(3)
        .stderr_has("looks like an id");
    sandbox
        .wfmcp(["entities", "update", "vendor", "acme", "--set", "status=operational", "--set", "tags[]=x"])
        .ok();
    let stale = ["entities", "update", "vendor", id, "--set", "n=4", "--version", "1", "--json"];
    let stale = sandbox.wfmcp(stale).code(6).json();
    let told = &stale["error"]["details"];
    assert_eq!(told[0], json!({ "pointer": "/version", "expected": "2", "got": "1" }));
    assert_eq!(
        told[1],
        json!({ "pointer": "/data/status", "expected": "\"operational\"", "got": "\"broken\"" })
    );
    let merged = sandbox.wfmcp([
        "entities",
        "update",
        "vendor",
        "acme",
        "--data",
        r#"{"owner":null,"n":5}"#,
        "--json",
    ]);
    assert_eq!(merged.ok().json()["data"], json!({ "status": "operational", "n": 5, "tags": ["x"] }));
    sandbox.wfmcp(["entities", "delete", "vendor", "acme"]).ok();
    sandbox.wfmcp(["entities", "get", "vendor", "acme"]).code(5);
    sandbox.wfmcp(["entities", "update", "vendor", id, "--set", "n=1"]).code(6).stderr_has("is deleted");
    assert_eq!(query(&sandbox, &["--deleted"]), ["acme"]);
    sandbox.wfmcp(["entities", "create", "vendor", "acme", "--set", "status=broken"]).ok();
    let history = sandbox.wfmcp(["entities", "history", "vendor", id, "--json"]).ok().json();
    let changes: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|item| item["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["deleted", "updated", "updated", "created"]);
    sandbox
        .wfmcp(["entities", "history", "vendor", id])
        .ok()
        .stdout_has("/status: \"broken\" → \"operational\"");
}

#[test]
fn questions_find_what_they_seem_to_ask() {
    let sandbox = with_type();
    for (name, set) in
        [("a", "n=1"), ("b", "n=2"), ("c", "zip=\"9007199254740993\""), ("d", "n=9007199254740993")]
    {
        sandbox
            .wfmcp([
                "entities",
                "create",
                "vendor",
                name,
                "--set",
                "status=broken",
                "--set",
                set,
                "--tag",
                name,
            ])
            .ok();
    }
    assert_eq!(query(&sandbox, &["--where", "data.n >= 2", "--sort", "data.n"]), ["b", "d"]);
    assert_eq!(query(&sandbox, &["--where", r#"{"status":"broken"}"#, "--where", "n missing"]), ["c"]);
    assert_eq!(query(&sandbox, &["--sort", "-data.n"]), ["d", "b", "a", "c"]);
    assert_eq!(query(&sandbox, &["--tag", "a"]), ["a"]);
    assert_eq!(query(&sandbox, &["--text", "BROKEN", "--sort", "name"]), ["a", "b", "c", "d"]);
    assert!(query(&sandbox, &["--text", "status"]).is_empty(), "a key is nothing that anybody said");
    assert_eq!(query(&sandbox, &["--where", "n = 9007199254740993"]), ["d"]);
    assert!(query(&sandbox, &["--where", "n = 9007199254740992"]).is_empty());
    sandbox
        .wfmcp(["entities", "query", "vendor", "--count", "--where", "status=broken"])
        .ok()
        .stdout_has("4\n");
    for wrong in ["v=>2", "n = 1 or n = 2", "[1]", "{"] {
        sandbox.wfmcp(["entities", "query", "vendor", "--where", wrong]).code(3);
    }
    for limit in ["0", "1001", "-1", "x"] {
        sandbox.wfmcp(["entities", "query", "vendor", &format!("--limit={limit}")]).code(2);
    }
    let page =
        sandbox.wfmcp(["entities", "query", "vendor", "--limit", "3", "--sort", "n", "--json"]).ok().json();
    let cursor = page["cursor"].as_str().unwrap();
    assert_eq!(query(&sandbox, &["--limit", "3", "--sort", "n", "--cursor", cursor]), ["c"]);
    sandbox.wfmcp(["entities", "query", "vendor", "--sort", "name", "--cursor", cursor]).code(3);
    sandbox.wfmcp(["entities", "update", "vendor", "a", "--set", "big=123456789012345678901234"]).code(3);
    sandbox.wfmcp(["entities", "query", "vendors"]).code(5).stderr_has("did you mean `vendor`?");
}

#[test]
fn a_schema_may_move_on_when_everybody_can_follow() {
    let sandbox = with_type();
    sandbox.wfmcp(["entities", "create", "vendor", "old", "--set", "status=broken"]).ok();
    sandbox.file("strict.json", r#"{ "$schema": "http://json-schema.org/draft-07/schema#", "required": ["mail"], "properties": { "mail": { "format": "email" } } }"#);
    let refused = sandbox.wfmcp(["entities", "types", "register", "vendor", "strict.json"]).code(6);
    refused.stderr_has("1 entity breaks the new version").stderr_has("old/data");
    sandbox
        .wfmcp(["entities", "types", "register", "vendor", "strict.json", "--force"])
        .ok()
        .stdout_has("version 2");
    sandbox.wfmcp(["entities", "update", "vendor", "old", "--set", "n=1"]).code(3).stderr_has("`mail`");
    sandbox.wfmcp(["entities", "update", "vendor", "old", "--set", "mail=a@b.example"]).ok();
    sandbox.wfmcp(["entities", "types", "show", "vendor", "--version", "1"]).ok().stdout_has("operational");
    for (schema, says) in [
        (r#"{"type":"strng"}"#, "string"),
        (r##"{"allOf":[{"$ref":"#"}]}"##, "leads to itself"),
        (r#"{"$schema":"http://example.org/x"}"#, "not known"),
        ("[]", "no JSON object"),
    ] {
        sandbox
            .command(["entities", "types", "register", "x", "-"])
            .stdin(schema)
            .run()
            .code(3)
            .stderr_has(says);
    }
    let twice = r##"{"$defs":{"n":{"properties":{"k":{"anyOf":[{"$ref":"#/$defs/n"},{"$ref":"#/$defs/n"}]}}}},"$ref":"#/$defs/n"}"##;
    sandbox.command(["entities", "types", "register", "deep", "-"]).stdin(twice).run().ok();
    let deep = (0..60).fold("{}".to_owned(), |inner, _| format!("{{\"k\":{inner}}}"));
    sandbox.wfmcp(["entities", "create", "deep", "x", "--data", &deep]).code(6).stderr_has("more than");
}

#[test]
fn a_table_and_json_lines_go_in_and_come_out() {
    let sandbox = with_type();
    let table = "name,tags,status,zip,note,n\nb1,a;b,broken,01234,,1\nb2,,broken,\"\",null,2\nb3,,odd,,,\n,,broken,,,\nb4,,broken,\"x\ny\",\"null\",3\n";
    sandbox.file("v.csv", table);
    let report = sandbox.wfmcp(["entities", "import", "vendor", "v.csv", "--json"]).code(3).json();
    assert_eq!((&report["created"], &report["refused"]), (&json!(3), &json!(2)));
    assert_eq!(report["refusals"][0]["line"], 4);
    assert!(report["refusals"][0]["reason"].as_str().unwrap().contains("/data/status"), "{report}");
    assert_eq!(sandbox.read("v.refused.csv"), "name,tags,status,zip,note,n\nb3,,odd,,,\n,,broken,,,\n");
    let data =
        |name: &str| sandbox.wfmcp(["entities", "get", "vendor", name, "--json"]).ok().json()["data"].clone();
    assert_eq!(data("b1"), json!({ "status": "broken", "zip": "01234", "n": 1 }));
    assert_eq!(data("b2"), json!({ "status": "broken", "zip": "", "note": null, "n": 2 }));
    assert_eq!(data("b4"), json!({ "status": "broken", "zip": "x\ny", "note": "null", "n": 3 }));
    for form in ["csv", "jsonl"] {
        let out = sandbox.wfmcp(["entities", "export", "vendor", "--form", form]).ok().stdout;
        let file = format!("out.{form}");
        sandbox.file(&file, &out);
        let again = sandbox.wfmcp(["entities", "import", "vendor", &file, "--update", "--json"]).ok().json();
        assert_eq!(again["unchanged"], 3, "{out}");
    }
    sandbox.file("more.jsonl", "{\"name\":\"b1\",\"data\":{\"n\":9}}\n{\"name\":\"c\"}\nnonsense\n{\"name\":\"d\",\"data\":null}\n{\"name\":\"b2\",\"data\":{\"n\":1e30}}\n");
    let more = sandbox.wfmcp(["entities", "import", "vendor", "more.jsonl", "--update"]).code(3);
    more.stdout_has("1 updated").stdout_has("4 refused").stdout_has("line 3:");
    assert_eq!(data("b1"), json!({ "status": "broken", "zip": "01234", "n": 9 }));
    let audit = sandbox.wfmcp(["audit", "--operation", "import_entities", "--json"]).ok().json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 4, "one entry an import");
}

#[test]
fn a_killed_import_leaves_whole_batches_and_goes_on() {
    const LINES: usize = 500;
    let sandbox = with_type();
    let lines: Vec<String> =
        (0..LINES).map(|n| format!(r#"{{"name":"v{n}","data":{{"status":"broken","n":{n}}}}}"#)).collect();
    sandbox.file("v.jsonl", &(lines.join("\n") + "\n"));
    let line = ["entities", "import", "vendor", "v.jsonl", "--batch", "100", "--json"];
    for (fault, from, kept) in [("kill-before-commit:3", "1", 200), ("kill-after-commit:2", "201", 400)] {
        let killed = sandbox.command(line).env("WFMCP_FAULT", fault);
        let killed = killed.env("WFMCP_ENTITIES_IMPORT_FROM_LINE", from).run();
        assert_eq!(killed.code, None, "{killed}");
        let count = sandbox.wfmcp(["entities", "query", "vendor", "--count", "--json"]).ok().json();
        assert_eq!(count["count"], kept, "{fault}");
    }
    let rest = sandbox.wfmcp(["entities", "import", "vendor", "v.jsonl", "--from-line", "401", "--json"]);
    assert_eq!(rest.ok().json()["created"], 100);
    sandbox
        .wfmcp(["entities", "query", "vendor", "--count", "--where", "status=broken"])
        .ok()
        .stdout_has("500\n");
}

#[test]
fn a_hundred_writers_lose_no_update() {
    let sandbox = with_type();
    sandbox.wfmcp(["entities", "create", "vendor", "acme", "--set", "status=broken", "--set", "log=[]"]).ok();
    let writer = |n: usize| {
        let set = format!("log[]={n}");
        sandbox.command(["entities", "update", "vendor", "acme", "--set", &set, "--quiet"]).spawn()
    };
    let writers: Vec<Background> = (0..100).map(writer).collect();
    for writer in writers {
        writer.wait().ok();
    }
    let entity = sandbox.wfmcp(["entities", "get", "vendor", "acme", "--json"]).ok().json();
    let mut log: Vec<u64> =
        entity["data"]["log"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    log.sort_unstable();
    assert_eq!(log, (0..100).collect::<Vec<_>>());
    assert_eq!(entity["version"], 101);
}

#[test]
fn a_workflow_keeps_records_and_they_say_which_run_it_was() {
    let sandbox = with_type();
    sandbox.file(
        "keep.yaml",
        "name: keep\nsteps:\n  - id: make\n    call: create_entity\n    with: { entity_type: vendor, name: acme, data: { status: broken } }\n  - id: mend\n    call: update_entity\n    with: { entity_type: vendor, entity: acme, set: [status=operational] }\noutputs: { version: \"{{ steps.mend.result.version }}\" }\n",
    );
    let report = sandbox.wfmcp(["run", "keep.yaml", "--json"]).ok().json();
    assert_eq!(report["result"]["version"], 2);
    let history = sandbox.wfmcp(["entities", "history", "vendor", "acme", "--json"]).ok().json();
    assert_eq!(
        (&history["items"][0]["face"], &history["items"][0]["session"]),
        (&json!("engine"), &report["run_id"])
    );
}

#[test]
fn agents_read_entities_as_resources_and_complete_their_names() {
    let sandbox = with_type();
    sandbox.wfmcp(["entities", "create", "vendor", "a/b", "--set", "status=broken"]).ok();
    let mut server = Server::session(&sandbox, &[]);
    let read = server.result("resources/read", json!({ "uri": "wfmcp://entities/vendor/a%2Fb" }));
    let entity: Value = serde_json::from_str(read["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(entity["data"]["status"], "broken");
    let reference = json!({ "type": "ref/resource", "uri": "wfmcp://entities/{type}/{name}" });
    let asked = json!({ "ref": reference, "argument": { "name": "name", "value": "a" }, "context": { "arguments": { "type": "vendor" } } });
    let found = server.result("completion/complete", asked);
    assert_eq!(found["completion"]["values"], json!(["a/b"]));
    let asked = json!({ "name": "query_entities", "arguments": { "type": "vendor", "where": "{\"status\":\"broken\"}" } });
    let found = server.result("tools/call", asked);
    assert_eq!(found["structuredContent"]["items"][0]["name"], "a/b");
    let long = json!({ "name": "create_entity", "arguments": { "type": "vendor", "name": "x", "data": { "status": "broken", "x": 1e30 } } });
    assert_eq!(server.result("tools/call", long)["isError"], true);
    server.close().ok();
}

#[test]
fn what_is_missing_is_asked_for_at_a_terminal() {
    let sandbox = with_type();
    let mut terminal = sandbox.command(["entities", "create", "vendor", "acme"]).terminal();
    terminal.expect("status").send("\r").expect("\"status\": \"broken\"");
    terminal.wait().ok();
    assert_eq!(query(&sandbox, &[]), ["acme"]);
}
