//! A run goes on by an edited workflow: what is as it was stays done, and what can't line up is refused.

use crate::harness::Sandbox;
use serde_json::{Value, json};

const DEPLOY: &str = "
name: deploy
steps:
  - id: build
    shell: echo build >> log; echo 1.2
    undo: { shell: echo unbuild >> log }
  - id: note
    set: { version: '{{ steps.build.result }}' }
  - id: check
    shell: echo check >> log
  - id: publish
    shell: exit 3
outputs: { version: '{{ state.version }}' }
";

fn failed() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.file("deploy.yaml", DEPLOY);
    let report = sandbox.wfmcp(["run", "deploy.yaml", "--json"]).code(1).json();
    (sandbox, report["run_id"].as_str().unwrap().to_owned())
}

/// Both ways to say it are one.
fn migrate(sandbox: &Sandbox, run: &str, more: &[&str], code: i32) -> Value {
    let way: &[&str] = if more.is_empty() { &["run", "--migrate"] } else { &["runs", "migrate"] };
    let arguments = [way, &[run, "--to", "deploy.yaml", "--json"], more].concat();
    sandbox.wfmcp(arguments).code(code).json()
}

#[test]
fn what_is_as_it_was_stays_done() {
    let (sandbox, run) = failed();
    let mended = DEPLOY.replace("exit 3", "echo publish {{ state.version }} >> log");
    sandbox.file(
        "deploy.yaml",
        &mended.replace(
            "  - id: publish",
            "  - id: ask\n    prompt: Now?\n    result: { type: string }\n  - id: publish",
        ),
    );
    let looked = migrate(&sandbox, &run, &["--dry-run"], 0);
    assert_eq!(looked["kept"], json!(["build", "note", "check"]));
    assert_eq!((&looked["again"], &looked["run"]), (&json!([]), &json!(null)));
    assert_eq!(sandbox.wfmcp(["status", &run, "--json"]).json()["status"], "failed", "it was only looked at");

    let gone_on = migrate(&sandbox, &run, &[], 4);
    assert_eq!(gone_on["run"]["status"], "pending_action");
    let end = sandbox.wfmcp(["submit", "@last", "--result", "yes", "--json"]).ok().json();
    assert_eq!(end["result"]["version"], "1.2");
    assert_eq!(sandbox.read("log"), "build\ncheck\npublish 1.2\n");
    let old = sandbox.wfmcp(["status", &run, "--json"]).json();
    assert_eq!(old["status"], "moved");
    assert!(old["moved"].as_str().unwrap().contains(end["run_id"].as_str().unwrap()), "{old}");
    let late = sandbox.wfmcp(["runs", "retry", &run]);
    assert_ne!(late.code, Some(0), "{}", late.stdout);
    sandbox.wfmcp(["runs", "verify", "--all"]).ok();
}

#[test]
fn an_edited_step_and_what_comes_after_it_are_done_again() {
    let (sandbox, run) = failed();
    let edited = DEPLOY.replace("echo check", "echo CHECK").replace("exit 3", "echo publish >> log");
    sandbox.file("deploy.yaml", &edited);
    let gone_on = migrate(&sandbox, &run, &[], 0);
    assert_eq!((&gone_on["kept"], &gone_on["again"]), (&json!(["build", "note"]), &json!(["check"])));
    assert_eq!(sandbox.read("log"), "build\ncheck\nCHECK\npublish\n");
}

#[test]
fn what_was_taken_over_is_undone_with_the_run_that_goes_on() {
    let (sandbox, run) = failed();
    migrate_and_fail(&sandbox, &run);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    assert_eq!(sandbox.read("log"), "build\ncheck\nunbuild\n");
}

fn migrate_and_fail(sandbox: &Sandbox, run: &str) {
    sandbox.file("deploy.yaml", &DEPLOY.replace("exit 3", "exit 4"));
    let gone_on = migrate(sandbox, run, &[], 1);
    assert_eq!(gone_on["run"]["status"], "failed");
}

#[test]
fn what_does_not_line_up_is_refused_and_nothing_is_changed() {
    let (sandbox, run) = failed();
    let refused = |text: &str, says: &str| {
        sandbox.file("deploy.yaml", text);
        let told = sandbox.wfmcp(["runs", "migrate", &run, "--to", "deploy.yaml"]).code(6);
        assert!(told.stderr.contains(says), "{}", told.stderr);
        assert_eq!(sandbox.wfmcp(["status", &run, "--json"]).json()["status"], "failed");
    };
    refused("name: deploy\nsteps: [{ id: other, shell: echo x }]\n", "build of run");
    let renamed = DEPLOY.replace("id: build", "id: make").replace("steps.build", "steps.make");
    refused(&renamed, "can be undone, and is in the new workflow no more");
    sandbox.file(
        "needs.yaml",
        "name: deploy\ninputs: { who: { type: string } }\nsteps: [{ id: build, shell: echo x }]\n",
    );
    sandbox.wfmcp(["runs", "migrate", &run, "--to", "needs.yaml"]).code(3).stderr_has("who");
    sandbox.wfmcp(["runs", "cancel", &run]).ok();
    sandbox.file("deploy.yaml", DEPLOY);
    sandbox
        .wfmcp(["runs", "migrate", &run, "--to", "deploy.yaml"])
        .code(6)
        .stderr_has("nothing of it is left");
}

#[test]
fn what_it_takes_over_in_files_outlives_the_run_that_made_them() {
    let sandbox = Sandbox::new();
    let large = "name: large\nsteps:\n- { id: make, shell: head -c 20000000 /dev/zero | tr '\\0' x }\n- { id: end, shell: exit 3 }\n";
    sandbox.file("deploy.yaml", large);
    let run =
        sandbox.wfmcp(["run", "deploy.yaml", "--json"]).code(1).json()["run_id"].as_str().unwrap().to_owned();
    sandbox.file("deploy.yaml", &large.replace("exit 3", "test -s {{ steps.make.stdout.file }}"));
    let gone_on = migrate(&sandbox, &run, &[], 0);
    sandbox.wfmcp(["runs", "prune", "--status", "moved"]).ok();
    sandbox.wfmcp(["runs", "show", &run]).code(5);
    let file = gone_on["run"]["run_id"].as_str().unwrap();
    let artifacts = sandbox.wfmcp(["runs", "artifacts", file, "--json"]).ok().json();
    assert!(!artifacts["artifacts"].as_array().unwrap().is_empty(), "{artifacts}");
    sandbox.wfmcp(["runs", "verify", "--all"]).ok();
}

/// A run has one successor, however many ask for one at the same time.
#[test]
fn of_two_migrations_at_once_one_is_done() {
    let (sandbox, run) = failed();
    sandbox.file("deploy.yaml", &DEPLOY.replace("exit 3", "echo publish >> log"));
    let migrations: Vec<_> = (0..4)
        .map(|_| sandbox.command(["runs", "migrate", &run, "--to", "deploy.yaml", "--json"]).spawn())
        .collect();
    let mut codes: Vec<_> = migrations.into_iter().map(|migration| migration.wait().code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(6), Some(6), Some(6)]);
    let rows = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    assert_eq!(rows["items"].as_array().unwrap().len(), 2, "{rows}");
    assert_eq!(sandbox.read("log"), "build\ncheck\npublish\n");
}

/// Ids that line up are enough: what was edited is done again.
#[test]
fn all_that_was_done_may_be_done_again() {
    let sandbox = Sandbox::new();
    let text = "name: deploy\nsteps:\n- { id: one, shell: echo one >> log }\n- { id: end, shell: exit 3 }\n";
    sandbox.file("deploy.yaml", text);
    let report = sandbox.wfmcp(["run", "deploy.yaml", "--json"]).code(1).json();
    sandbox.file("deploy.yaml", &text.replace("echo one", "echo two").replace("exit 3", "echo end >> log"));
    let gone_on = migrate(&sandbox, report["run_id"].as_str().unwrap(), &[], 0);
    assert_eq!((&gone_on["kept"], &gone_on["again"]), (&json!([]), &json!(["one"])));
    assert_eq!(sandbox.read("log"), "one\ntwo\nend\n");
}
