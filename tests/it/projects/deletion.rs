//! The end of a project: wanted twice, whole, and seen by everybody who has it open.

use crate::harness::{Sandbox, Server, wait_until};
use serde_json::json;
use std::fs;

const ASK: &str = "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    sandbox
}

/// The folders of all projects, and of those that are not gone yet.
fn folders(sandbox: &Sandbox) -> usize {
    fs::read_dir(sandbox.home().join("data/projects")).map_or(0, Iterator::count)
}

#[test]
fn a_project_is_deleted_only_by_its_name_and_when_nothing_goes_on_in_it() {
    let sandbox = sandbox();
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["run", "ask.yaml", "--project", "site"]).code(4);
    sandbox.wfmcp(["projects", "delete", "site"]).code(3).stderr_has("expected `site`, got nothing");
    sandbox.wfmcp(["projects", "delete", "site", "--confirm", "sit"]).code(3);
    let live = sandbox.wfmcp(["projects", "delete", "site", "--confirm", "site"]).code(6);
    live.stderr_has("1 of the runs").stderr_has("wfmcp projects delete site --confirm site --force");
    sandbox.wfmcp(["projects", "use", "site"]).ok();
    let force = ["projects", "delete", "site", "--confirm", "site", "--force"];
    sandbox.wfmcp(force).code(6).stderr_has("is the active one").stderr_has("wfmcp projects use");
    sandbox.wfmcp(["projects", "delete", "default", "--confirm", "default", "--force"]).code(6);
    sandbox.wfmcp(["projects", "use", "default"]).ok();
    assert_eq!(folders(&sandbox), 2);
    sandbox.wfmcp(force).ok().stdout_has("site is deleted");
    assert_eq!(folders(&sandbox), 1);
    sandbox.wfmcp(force).code(5);
    sandbox.wfmcp(["projects", "list", "--archived"]).ok();
    assert_eq!(sandbox.wfmcp(["inbox", "--json"]).ok().json()["items"].as_array().unwrap().len(), 1);
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    sandbox.wfmcp(["runs", "list", "--project", "site"]).ok().stdout_has("no runs");
}

/// At every moment a deletion may be killed in, the project is whole, or the next command ends what was begun.
#[test]
fn a_deletion_that_is_killed_leaves_a_whole_project_or_none() {
    let mut outcomes = Vec::new();
    for fault in [
        "kill-before-commit:1",
        "kill-after-commit:1",
        "kill-in-removal:1",
        "kill-before-commit:2",
        "kill-after-commit:2",
    ] {
        let sandbox = sandbox();
        let run = sandbox.wfmcp(["run", "ask.yaml", "--project", "site", "--json"]).code(4).json();
        let delete = ["projects", "delete", "site", "--confirm", "site", "--force"];
        let killed = sandbox.command(delete).env("WFMCP_FAULT", fault).run();
        assert_eq!(killed.code, None, "{fault} did not strike: {killed}");
        let shown = sandbox.wfmcp(["projects", "show", "site"]);
        let is_whole = shown.code == Some(0);
        if is_whole {
            let run = run["run_id"].as_str().unwrap();
            sandbox.wfmcp(["status", run, "--project", "site"]).code(4);
        } else {
            shown.code(5);
            assert_eq!(folders(&sandbox), 0, "{fault}: the next command ends it");
        }
        outcomes.push(is_whole);
    }
    assert_eq!(outcomes, [true, false, false, false, false]);
}

#[test]
fn whoever_has_it_open_fails_cleanly_and_makes_nothing_again() {
    let sandbox = sandbox();
    sandbox.file(
        "slow.yaml",
        "name: slow\nsteps:\n  - { id: a, shell: 'echo begun > begun; sleep 600' }\n  - { id: b, shell: 'echo on > on' }\n",
    );
    let mut server = Server::session(&sandbox, &["--project", "site"]);
    server.call("start_workflow", json!({ "workflow": "ask.yaml" }));
    let carrier = sandbox.command(["run", "slow.yaml", "--project", "site"]).spawn();
    wait_until(|| sandbox.path("begun").exists());
    sandbox.wfmcp(["projects", "delete", "site", "--confirm", "site", "--force"]).ok();
    let ended = carrier.wait();
    assert!(ended.code.is_some_and(|code| code != 0), "{ended}");
    assert!(ended.stderr.contains("deleted"), "{ended}");
    for (tool, arguments) in [
        ("list_pending_actions", json!({})),
        ("start_workflow", json!({ "workflow": "ask.yaml" })),
        ("create_workflow", json!({ "definition": ASK })),
        ("get_project", json!({})),
    ] {
        let error = server.fails(tool, arguments);
        assert_eq!(error["kind"], "not_found", "{tool}: {error}");
    }
    server.close();
    assert!(!sandbox.path("on").exists());
    assert_eq!(folders(&sandbox), 0, "nobody made its folder again");
}

/// The process that deletes a project may be the one that carries its runs.
#[test]
fn a_server_deletes_what_it_carries_itself() {
    let sandbox = sandbox();
    sandbox.file("slow.yaml", "name: slow\nsteps: [{ id: a, shell: 'echo begun > begun; sleep 600' }]\n");
    let mut server = Server::session(&sandbox, &[]);
    server.call("switch_project", json!({ "project": "site" }));
    let run = server.call("execute_workflow", json!({ "workflow": "slow.yaml" }));
    wait_until(|| sandbox.path("begun").exists());
    server.call("switch_project", json!({ "project": "default" }));
    let refused = server.fails("delete_project", json!({ "project": "site", "confirm": "site" }));
    assert_eq!(refused["kind"], "conflict");
    server.call("delete_project", json!({ "project": "site", "confirm": "site", "force": true }));
    let gone = server.fails("get_workflow_status", json!({ "run": run["run_id"] }));
    assert_eq!(gone["kind"], "not_found");
    server.call("list_pending_actions", json!({}));
    server.close().ok();
    assert!(folders(&sandbox) <= 1);
}
