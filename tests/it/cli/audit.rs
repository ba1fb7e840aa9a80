//! The audit trail: what changed something, by whom, through which face; never what only looked.

use crate::harness::Sandbox;

#[test]
fn every_change_is_on_record_and_no_look_is() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    sandbox.wfmcp(["run", "ask.yaml", "--as", "ada"]).code(4);
    sandbox.wfmcp(["status", "@last"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "hi", "--as", "bob"]).ok();
    sandbox.wfmcp(["submit", "@last", "--result", "ho", "--as", "bob"]).code(6);
    let trail = sandbox.wfmcp(["audit", "--json"]).ok().json();
    let told: Vec<String> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            ["operation", "by", "face", "outcome", "target", "project"]
                .map(|key| entry[key].as_str().unwrap())
                .join(" ")
        })
        .collect();
    let expected = [
        "submit_result bob script ended @last default",
        "submit_result bob script done @last default",
        "start_workflow ada script done ask.yaml default",
    ];
    assert_eq!(told, expected);
    let one = sandbox.wfmcp(["audit", "--by", "bob", "--limit", "1", "--json"]).ok().json();
    assert_eq!(one["has_more"], true);
    let next = ["audit", "--by", "bob", "--limit", "1", "--cursor", one["cursor"].as_str().unwrap()];
    sandbox.wfmcp(next).ok().stdout_has("done");
    sandbox
        .wfmcp(["audit", "--by", "ada", "--cursor", one["cursor"].as_str().unwrap()])
        .code(3)
        .stderr_has("no cursor of this list");
    sandbox.wfmcp(["audit", "--since", "yesterday"]).code(3).stderr_has("2h or 7d");
    sandbox.wfmcp(["audit", "--since", "1h"]).ok().stdout_has("start_workflow");
}

/// Nobody changes what is on record, not even with the database at hand.
#[test]
fn what_is_on_record_stays() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    let database = rusqlite::Connection::open(sandbox.home().join("data/audit.db")).unwrap();
    for sql in ["DELETE FROM entries", "UPDATE entries SET actor = 'x'"] {
        let refused = database.execute(sql, []).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}
