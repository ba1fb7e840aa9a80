//! Events from outside: a run that waits for one goes on when it comes, whoever sends it.

use crate::harness::Sandbox;
use rusqlite::Connection;
use serde_json::json;

const DEPLOY: &str = "
name: deploy
inputs: { region: { type: string, default: here } }
steps:
  - id: built
    wait: { for: event, name: 'built {{ inputs.region }}' }
  - id: say
    shell: echo {{ steps.built.result.version }}
outputs: { version: '{{ steps.say.result }}' }
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("deploy.yaml", DEPLOY);
    sandbox
}

fn waiting(sandbox: &Sandbox, region: &str) -> String {
    let input = format!("region={region}");
    let report = sandbox.wfmcp(["run", "deploy.yaml", "--input", &input, "--json"]).json();
    assert_eq!(report["status"], "waiting");
    report["run_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_signal_carries_the_run_to_its_end() {
    let sandbox = sandbox();
    let run = waiting(&sandbox, "here");
    let listed = sandbox.wfmcp(["events", "list", "--json"]).ok().json();
    assert_eq!(listed["items"][0]["event"], "built here");
    assert_eq!(listed["items"][0]["run_id"], json!(run));

    let payload = r#"{"version": "1.2.0"}"#;
    let other = sandbox.wfmcp(["runs", "signal", &run, "other", "--json"]);
    let other = other.stderr_has("waits for `other` yet").json();
    assert_eq!(other["status"], "waiting", "an event of another name is kept for later");
    let end = sandbox.wfmcp(["runs", "signal", &run, "built here", "--payload", payload, "--json"]);
    assert_eq!(end.ok().json()["result"]["version"], "1.2.0");
    assert_eq!(sandbox.wfmcp(["events", "list", "--json"]).ok().json()["items"], json!([]));
    let late = sandbox.wfmcp(["runs", "signal", &run, "built here"]).code(6);
    assert!(late.stderr.contains("has ended") && !late.stderr.contains("keeps it"), "{}", late.stderr);
}

#[test]
fn an_event_comes_to_every_run_that_waits_for_it() {
    let sandbox = sandbox();
    let (one, two, there) =
        (waiting(&sandbox, "here"), waiting(&sandbox, "here"), waiting(&sandbox, "there"));
    let payload = r#"{"version": "7"}"#;
    let sent = sandbox.wfmcp(["events", "send", "built here", "--payload", payload, "--json"]).ok().json();
    let mut runs: Vec<&str> =
        sent["runs"].as_array().unwrap().iter().map(|run| run.as_str().unwrap()).collect();
    runs.sort_unstable();
    let mut expected = [one.as_str(), two.as_str()];
    expected.sort_unstable();
    assert_eq!(runs, expected);
    for run in [&one, &two] {
        let end = sandbox.wfmcp(["status", run, "--wait", "60s", "--json"]).ok().json();
        assert_eq!(end["result"]["version"], "7");
    }
    assert_eq!(sandbox.wfmcp(["status", &there, "--json"]).json()["status"], "waiting");
    let nobody = sandbox.wfmcp(["events", "send", "built nowhere"]).ok();
    assert!(nobody.stdout.contains("no run waits for built nowhere"), "{}", nobody.stdout);
    let empty = sandbox.wfmcp(["events", "send", " "]).code(3);
    assert!(empty.stderr.contains("an event needs a name"), "{}", empty.stderr);
}

#[test]
fn a_run_that_leaves_while_an_event_comes_keeps_nobody_from_it() {
    let sandbox = sandbox();
    let (gone, stays) = (waiting(&sandbox, "here"), waiting(&sandbox, "here"));
    sandbox.wfmcp(["runs", "export", &gone, "--move"]).ok();
    // As whoever looked just before that still has it.
    let database = Connection::open(sandbox.home().join("data/projects/default/journal.db")).unwrap();
    database.execute("UPDATE runs SET status = 'waiting' WHERE run = ?1", [&gone]).unwrap();
    let payload = r#"{"version": "7"}"#;
    let sent = sandbox.wfmcp(["events", "send", "built here", "--payload", payload, "--json"]).ok().json();
    assert_eq!(sent["runs"], json!([stays]));
}

#[test]
fn a_run_sends_an_event_to_others() {
    let sandbox = sandbox();
    let run = waiting(&sandbox, "here");
    sandbox.file(
        "build.yaml",
        "name: build\nsteps: [{ id: tell, call: send_event, with: { event: built here, payload: { version: '9' } } }]\n",
    );
    sandbox.wfmcp(["run", "build.yaml"]).ok();
    let end = sandbox.wfmcp(["status", &run, "--wait", "60s", "--json"]).ok().json();
    assert_eq!(end["result"]["version"], "9");
}
