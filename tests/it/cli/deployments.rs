//! Deployments: recorded by people, agents and workflows, and found again.

use crate::harness::Sandbox;
use serde_json::{Value, json};

fn list(sandbox: &Sandbox, filter: &[&str]) -> Vec<Value> {
    let page = sandbox.wfmcp([&["deployments", "list", "--json"], filter].concat()).ok().json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn a_deployment_is_recorded_found_and_shown() {
    let sandbox = Sandbox::new();
    let record =
        ["deployments", "record", "production", "--commit", "0a1b2c3", "--pull-request", "7", "--set", "n=1"];
    let first = sandbox.wfmcp([&record[..], &["--json"]].concat()).ok().json();
    assert_eq!((&first["status"], &first["metadata"]), (&json!("succeeded"), &json!({ "n": 1 })));
    sandbox.wfmcp(["deployments", "record", "staging", "--status", "failed", "--deployed-at", "2h"]).ok();
    let found = list(&sandbox, &[]);
    assert_eq!((found.len(), &found[0]), (2, &first), "newest first");
    assert_eq!(list(&sandbox, &["--environment", "staging"]).len(), 1);
    assert_eq!(list(&sandbox, &["--status", "failed", "--since", "1h"]).len(), 0);
    assert_eq!(list(&sandbox, &["--commit", "0a1b", "--pull-request", "7"]).len(), 1);
    let id = first["deployment_id"].as_str().unwrap();
    sandbox.wfmcp(["deployments", "show", &id[..6]]).ok().stdout_has("production").stdout_has("0a1b2c3");
    sandbox.wfmcp(["deployments", "show", "d-"]).code(3).stderr_has("could mean");
    sandbox.wfmcp(["deployments", "show", "nothing"]).code(5).stderr_has("wfmcp deployments list");
    let page = sandbox.wfmcp(["deployments", "list", "--limit", "1", "--json"]).ok().json();
    let next = list(&sandbox, &["--limit", "1", "--cursor", page["cursor"].as_str().unwrap()]);
    assert_eq!(next[0]["environment"], "staging");
}

#[test]
fn what_can_not_be_is_told_at_once() {
    let sandbox = Sandbox::new();
    let record = |more: &[&str]| sandbox.wfmcp([&["deployments", "record"], more].concat());
    let wrong = record(&["a\u{1b}b", "--id", "two words", "--entity", "web", "--work-item", ""]).code(3);
    wrong.stderr_has("/environment").stderr_has("/id").stderr_has("/entities/0").stderr_has("/work_items/0");
    record(&["production", "--entity", "service/web"]).code(3).stderr_has("an entity of this project");
    record(&["production", "--deployed-at", "yesterday"]).code(3).stderr_has("2h or 7d");
    record(&["production", "--status", "fine"]).code(2).stderr_has("rolled_back");
    assert!(list(&sandbox, &[]).is_empty());
}

/// A step that is run again records its deployment once, where it gives it an id.
#[test]
fn a_workflow_records_its_deployment_once() {
    let sandbox = Sandbox::new();
    let flow = "
name: ship
steps:
  - id: deployed
    foreach: [1, 2]
    call: record_deployment
    with: { environment: production, id: 'ship-{{ run.id }}', commit: abc }
outputs:
  where: '{{ steps.deployed.result[0].environment }}'
";
    sandbox.file("ship.yaml", flow);
    let report = sandbox.wfmcp(["run", "ship.yaml", "--json"]).ok().json();
    assert_eq!(report["result"]["where"], "production");
    let found = list(&sandbox, &[]);
    assert_eq!((found.len(), &found[0]["recorded_by"]), (1, &json!("workflow")));
    let id = found[0]["deployment_id"].as_str().unwrap();
    let otherwise = ["deployments", "record", "production", "--id", id, "--commit", "other"];
    sandbox.wfmcp(otherwise).code(6).stderr_has("recorded already, and otherwise");
}
