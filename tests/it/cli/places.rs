//! Projects, configuration and health: where things are, and what happens when they are not.

use crate::harness::Sandbox;
use serde_json::json;

const ASK: &str = "name: ask\nsteps:\n  - id: ask\n    prompt: Who?\n    result: { type: string }\n";

#[test]
fn projects_keep_their_runs_apart_and_share_the_inbox() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["projects", "create", "web", "--description", "The site"]).ok();
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let there = sandbox.wfmcp(["run", "ask.yaml", "--project", "web", "--json"]).code(4).json();
    assert_eq!(sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"].as_array().unwrap().len(), 1);
    sandbox.wfmcp(["status", there["run_id"].as_str().unwrap()]).code(5);
    assert_eq!(sandbox.wfmcp(["inbox", "--json"]).ok().json()["items"].as_array().unwrap().len(), 2);
    let inbox = sandbox.wfmcp(["inbox", "--project", "web", "--json"]).ok().json();
    assert_eq!((inbox["items"].as_array().unwrap().len(), &inbox["items"][0]["project"]), (1, &json!("web")));
    sandbox.wfmcp(["projects", "use", "web"]).ok();
    sandbox.wfmcp(["submit", "@last", "--result", "x"]).ok();
    let shown = sandbox.wfmcp(["projects", "show", "--json"]).ok().json();
    assert_eq!((&shown["project"]["name"], &shown["runs"]["completed"]), (&json!("web"), &json!(1)));
    let list = sandbox.wfmcp(["projects", "list", "--json"]).ok().json();
    let active: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["active"] == true)
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(active, ["web"]);
}

#[test]
fn every_setting_tells_where_it_comes_from() {
    let sandbox = Sandbox::new();
    let setting = |key: &str| {
        let config =
            sandbox.command(["config", "show", "--json"]).env("MAX_PENDING_ACTIONS", "7").run().ok().json();
        let found =
            config["settings"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap().clone();
        (found["value"].as_str().unwrap_or_default().to_owned(), found["origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(setting("lease"), ("15m".to_owned(), "default".to_owned()));
    assert_eq!(setting("max_pending_actions").1, "environment MAX_PENDING_ACTIONS");
    sandbox.wfmcp(["config", "set", "lease", "1h"]).ok();
    assert!(setting("lease").1.starts_with("user file"));
    sandbox.wfmcp(["config", "set", "lease", "2h", "--here"]).ok();
    assert!(setting("lease").1.starts_with("project file"));
    let paths = sandbox.wfmcp(["config", "path", "--json"]).ok().json();
    assert!(paths["project_file"].as_str().unwrap().ends_with(".wfmcp/config.yaml"));
}

/// Hosts give variables to a server whether their user filled them in or not.
#[test]
fn a_variable_that_says_nothing_is_as_good_as_none() {
    let sandbox = Sandbox::new();
    let named =
        |project: &str| sandbox.command(["runs", "list"]).env("WFMCP_PROJECT", project.to_owned()).run();
    named("").ok();
    named("nowhere").code(5);
    let limited =
        |limit: &str| sandbox.command(["runs", "list"]).env("WFMCP_RUNS_LIST_LIMIT", limit.to_owned()).run();
    limited("").ok();
    limited("few").code(2);
}

#[test]
fn a_wrong_configuration_is_told_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.file(".wfmcp/config.yaml", "max_pending_actions: lots\n");
    sandbox.wfmcp(["runs", "list"]).code(3).stderr_has("config.yaml").stderr_has("max_pending_actions");
}

#[test]
fn too_many_pending_actions_refuse_new_runs() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    let run = || sandbox.command(["run", "ask.yaml"]).env("MAX_PENDING_ACTIONS", "2").run();
    run().code(4);
    run().code(4);
    run().code(6).stderr_has("wfmcp inbox");
}

#[test]
fn a_damaged_store_is_named_and_the_others_go_on() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["projects", "create", "web"]).ok();
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["run", "ask.yaml", "--project", "web"]).code(4);
    let store = sandbox.wfmcp(["projects", "show", "web", "--json"]).ok().json()["store"]
        .as_str()
        .unwrap()
        .to_owned();
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{store}{beside}"));
    }
    std::fs::write(&store, vec![b'x'; 8192]).unwrap();
    sandbox.wfmcp(["runs", "list", "--project", "web"]).code(74).stderr_has("journal.db");
    let health = sandbox.wfmcp(["health", "--json"]).code(74).json();
    assert_eq!(health["status"], "degraded");
    sandbox.wfmcp(["runs", "list"]).ok();
    sandbox.wfmcp(["inbox"]).ok().stdout_has("Who?").stderr_has("project web can't be looked at");
}

#[test]
fn a_working_directory_that_is_gone_is_told() {
    let sandbox = Sandbox::new();
    let script = "mkdir gone; cd gone; rmdir ../gone; set +e; wfmcp runs list; echo \"code $?\"";
    sandbox.sh(script).ok().stdout_has("code 74").stderr_has("working directory");
}
