//! A project is created, changed, put away and brought back.

use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

fn shown(sandbox: &Sandbox, project: &str) -> Value {
    sandbox.wfmcp(["projects", "show", project, "--json"]).ok().json()["project"].clone()
}

#[test]
fn what_is_kept_with_a_project_is_set_changed_and_taken_out() {
    let sandbox = Sandbox::new();
    let set = ["--set", "team=web", "--set", "budget=12", "--set", r#"tags=["a","b"]"#, "--set", "eq=a=b"];
    sandbox.wfmcp([&["projects", "create", "The site", "--description", "Public"], &set[..]].concat()).ok();
    let project = shown(&sandbox, "The site");
    let kept = json!({ "team": "web", "budget": 12, "tags": ["a", "b"], "eq": "a=b" });
    assert_eq!((&project["metadata"], &project["version"]), (&kept, &json!(1)));
    let change =
        ["projects", "update", "The site", "--name", "site", "--set", "budget=13", "--unset", "team"];
    let changed = sandbox.wfmcp(change).ok().stdout_has("wfmcp projects use site");
    drop(changed);
    let project = shown(&sandbox, "site");
    let kept = json!({ "budget": 13, "tags": ["a", "b"], "eq": "a=b" });
    assert_eq!(
        (&project["metadata"], &project["version"], &project["description"]),
        (&kept, &json!(2), &json!("Public"))
    );
    sandbox.wfmcp(["projects", "show", "The site"]).code(5);
    sandbox.wfmcp(["projects", "update", "site", "--name", "default"]).code(6).stderr_has("exists already");
}

#[test]
fn a_change_of_what_somebody_else_changed_shows_both() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    let update = |text: &str, version: &str| {
        sandbox.wfmcp(["projects", "update", "site", "--description", text, "--version", version])
    };
    update("mine", "1").ok();
    update("yours", "1").code(6).stderr_has("at version 2 by now, not 1").stderr_has("mine, got yours");
    update("yours", "2").ok();
    let mut server = Server::session(&sandbox, &[]);
    let stale = json!({ "project": "site", "metadata": { "k": 1 }, "version": 2 });
    let error = server.fails("update_project", stale);
    assert_eq!((&error["kind"], &error["details"][0]["pointer"]), (&json!("conflict"), &json!("/metadata")));
    server.close().ok();
}

#[test]
fn changes_at_once_are_all_kept() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    let pairs: Vec<String> = (0..6).map(|number| format!("k{number}={number}")).collect();
    let running: Vec<_> = pairs
        .iter()
        .map(|pair| sandbox.command(["projects", "update", "site", "--set", pair]).spawn())
        .collect();
    for one in running {
        one.wait().ok();
    }
    let project = shown(&sandbox, "site");
    let count = project["metadata"].as_object().unwrap().len();
    assert_eq!((count, &project["version"]), (6, &json!(7)));
}

#[test]
fn an_archived_project_takes_no_new_runs_and_comes_back() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    sandbox.wfmcp(["projects", "create", "site"]).ok();
    sandbox.wfmcp(["run", "ask.yaml", "--project", "site"]).code(4);
    sandbox.wfmcp(["projects", "archive", "site"]).ok().stderr_has("1 of its runs have not ended");
    sandbox.wfmcp(["projects", "archive", "site"]).ok();
    let list = |more: &[&str]| sandbox.wfmcp([&["projects", "list"], more].concat()).ok().stdout;
    assert!(!list(&[]).contains("site") && list(&["--archived"]).contains("archived"));
    for refused in [&["run", "ask.yaml"][..], &["runs", "start", "ask.yaml"]] {
        let run = sandbox.wfmcp([refused, &["--project", "site"]].concat()).code(6);
        run.stderr_has("site is archived").stderr_has("wfmcp projects archive site --restore");
    }
    sandbox.wfmcp(["projects", "use", "site"]).code(6).stderr_has("archived");
    assert!(sandbox.wfmcp(["inbox", "--json"]).ok().json()["items"].as_array().unwrap().is_empty());
    sandbox.wfmcp(["submit", "@last", "--result", "x", "--project", "site"]).ok();
    sandbox.wfmcp(["projects", "restore", "site"]).ok().stdout_has("not the active project");
    sandbox.wfmcp(["run", "ask.yaml", "--project", "site"]).code(4);
    sandbox.wfmcp(["projects", "use", "site"]).ok();
    sandbox.wfmcp(["projects", "archive", "site"]).code(6).stderr_has("active one");
    assert_eq!(shown(&sandbox, "site")["version"], 3);
}

/// A server that has a project open sees what another process made of it.
#[test]
fn a_server_sees_a_project_renamed_and_archived_elsewhere() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    let id = sandbox.wfmcp(["projects", "create", "site", "--json"]).ok().json()["project_id"].clone();
    let id = id.as_str().unwrap();
    let mut server = Server::session(&sandbox, &["--project", id]);
    server.call("start_workflow", json!({ "workflow": "ask.yaml" }));
    sandbox.wfmcp(["projects", "update", "site", "--name", "shop"]).ok();
    let inbox = server.call("list_pending_actions", json!({}));
    assert_eq!(inbox["items"][0]["project"], "shop");
    sandbox.wfmcp(["projects", "archive", "shop"]).ok();
    let refused = server.fails("start_workflow", json!({ "workflow": "ask.yaml" }));
    assert_eq!(refused["kind"], "conflict");
    server.close().ok();
}

#[test]
fn a_person_is_asked_for_what_is_left_out() {
    let sandbox = Sandbox::new();
    let ask = |words: &[&str]| sandbox.command(words).env("TERM", "xterm-256color").terminal();
    let mut person = ask(&["projects", "create"]);
    person.expect("Its name").line("site").expect("What it is about").line("Public");
    person.expect("not the active project");
    person.wait().ok();
    let mut person = ask(&["projects", "use"]);
    person.expect("Which project").expect("site").send("\u{1b}[B\r").expect("the active project");
    person.wait().ok();
    sandbox.wfmcp(["projects", "use", "default"]).ok();
    let mut person = ask(&["projects", "delete", "site"]);
    person.expect("site").expect("goes for good").expect("to delete it").line("sight");
    person.expect("expected `site`, got `sight`");
    person.wait().code(3);
    let mut person = ask(&["projects", "delete", "site"]);
    person.expect("to delete it").line("site").expect("site is deleted");
    person.wait().ok();
}

#[test]
fn what_somebody_typed_breaks_no_table() {
    let sandbox = Sandbox::new();
    let create =
        |name: &str, about: &str| sandbox.wfmcp(["projects", "create", name, "--description", about]);
    create("a\u{1b}[2Jb", "").code(3);
    create("web", "one\u{1b}]0;title\u{7}").code(3).stderr_has("none that only steer a terminal");
    create("long", &"x".repeat(1_001)).code(3).stderr_has("at most 1000 characters");
    create(&"n".repeat(101), "").code(3).stderr_has("1 to 100 characters");
    create(&"n".repeat(100), "first line\nsecond line").ok();
    sandbox.wfmcp(["projects", "update", "default", "--set", "k=\u{1b}[31m"]).ok();
    for told in [["projects", "list"], ["projects", "show"], ["projects", "active"]] {
        let stdout = sandbox.wfmcp(told).ok().stdout;
        assert!(!stdout.contains('\u{1b}') && !stdout.contains("second line"), "{stdout}");
    }
    let much = format!("k={}", "x".repeat(20_000));
    sandbox
        .wfmcp(["projects", "update", "default", "--set", &much])
        .code(3)
        .stderr_has("16384 bytes of JSON");
}
