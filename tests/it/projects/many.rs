//! Many projects at once: more than a process may have files.

use crate::harness::{Sandbox, Server};
use serde_json::json;
use std::fs;

/// With a store of its own each, and something that waits in it.
fn crowd(sandbox: &Sandbox, count: usize) {
    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let projects = sandbox.home().join("data/projects");
    let registry = rusqlite::Connection::open(sandbox.home().join("data/registry.db")).unwrap();
    for number in 0..count {
        let sql = "INSERT INTO projects (id, name, description, metadata, archived, created_at, updated_at)
                   VALUES (?1, ?2, '', '{}', 0, 1, 1)";
        registry.execute(sql, [format!("p-{number:03}"), format!("project-{number:03}")]).unwrap();
        let folder = projects.join(format!("p-{number:03}"));
        fs::create_dir(&folder).unwrap();
        for file in fs::read_dir(projects.join("default")).unwrap().map(Result::unwrap) {
            if file.path().is_file() {
                fs::copy(file.path(), folder.join(file.file_name())).unwrap();
            }
        }
    }
    sandbox.wfmcp(["projects", "create", "never used"]).ok();
}

#[test]
fn more_projects_than_files_may_be_open_are_looked_at() {
    let sandbox = Sandbox::new();
    crowd(&sandbox, 120);
    let limited = |command: &str| sandbox.sh(&format!("ulimit -n 80; wfmcp {command}")).ok();
    let inbox = limited("inbox --limit 1000 --json");
    assert_eq!((inbox.json()["items"].as_array().unwrap().len(), inbox.stderr.as_str()), (121, ""));
    let health = limited("health --json").json();
    let projects = health["projects"].as_array().unwrap();
    assert_eq!((&health["status"], projects.len()), (&json!("ok"), 122));
    assert!(projects.iter().any(|project| project["project"] == "never used" && project["store"].is_null()));
    limited("").stdout_has("Waits for somebody");
    limited("projects list --limit 1000").stdout_has("project-119");
    let folders = fs::read_dir(sandbox.home().join("data/projects")).unwrap().count();
    assert_eq!(folders, 121, "a look makes no store");
}

#[test]
fn a_server_goes_through_more_projects_than_it_may_have_open() {
    let sandbox = Sandbox::new();
    crowd(&sandbox, 60);
    let invocation = sandbox.shell("ulimit -n 256; exec wfmcp serve --stdio --toolsets all");
    let mut server =
        Server::spawn(&invocation).initialized(crate::harness::LATEST_SESSION, "agent", json!({}));
    for number in 0..60 {
        server.call("switch_project", json!({ "project": format!("project-{number:03}") }));
        let runs = server.call("list_runs", json!({}));
        let status = server.call("get_workflow_status", json!({ "run": runs["items"][0]["run_id"] }));
        assert_eq!(status["status"], "pending_action");
    }
    server.close().ok();
}

#[test]
fn a_name_is_completed_from_any_number_of_projects() {
    let sandbox = Sandbox::new();
    crowd(&sandbox, 230);
    let complete = |line: &[&str]| {
        let arguments = [&["--", "wfmcp"], line].concat();
        let index = (arguments.len() - 2).to_string();
        let asked = sandbox.command(arguments).env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index);
        asked.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_IFS", "\n").run().ok().stdout
    };
    let found = complete(&["projects", "use", "project-22"]);
    assert_eq!(found.lines().filter(|line| line.starts_with("project-22")).count(), 10, "{found}");
    let run = sandbox.wfmcp(["runs", "list", "--project", "project-007", "--json"]).ok().json();
    let run = run["items"][0]["run_id"].as_str().unwrap().to_owned();
    assert!(!complete(&["--project", "never used", "runs", "show", ""]).contains(&run));
    assert!(complete(&["--project", "project-007", "runs", "show", ""]).contains(&run));
}
