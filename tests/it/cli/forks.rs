//! Runs made from one another: what was done stays done, and from a step on everything is done again.

use crate::harness::{Sandbox, wait_until};
use serde_json::{Value, json};

const RELEASE: &str = "
name: release
inputs: { to: { type: string, default: staging } }
steps:
  - id: build
    shell: echo build >> log; echo built
    undo: { shell: echo unbuild >> log }
  - id: each
    foreach: [a, b, c, d]
    steps:
      - { id: pack, shell: 'echo pack {{ item }} >> log' }
      - { id: send, shell: 'echo send {{ item }} {{ inputs.to }} >> log' }
  - id: poll
    repeat: { until: 'index == 2', max: 5 }
    shell: echo poll {{ index }} >> log
  - id: beside
    needs: [build]
    shell: echo beside >> log
  - id: end
    needs: [poll, beside]
    shell: echo end {{ steps.build.result }} {{ inputs.to }} >> log
outputs: { built: '{{ steps.build.result }}', to: '{{ inputs.to }}' }
";

/// A finished run, and a log that is empty again.
fn finished() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("release.yaml", RELEASE);
    sandbox.wfmcp(["run", "release.yaml"]).ok();
    std::fs::remove_file(sandbox.path("log")).unwrap();
    sandbox
}

fn fork(sandbox: &Sandbox, more: &[&str]) -> Value {
    let arguments = [&["runs", "fork", "@last", "--json"], more].concat();
    sandbox.wfmcp(arguments).ok().json()
}

fn log(sandbox: &Sandbox) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.path("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn at_the_third_iteration_it_runs_again_from_there_only() {
    let sandbox = finished();
    let original = sandbox.wfmcp(["status", "@last", "--json"]).ok().json();
    let forked = fork(&sandbox, &["--from", "each[2]", "--input", "to=live"]);
    assert_eq!(forked["result"], json!({ "built": "built", "to": "live" }));
    assert_eq!(forked["made_from"], original["run_id"]);
    assert_eq!(
        log(&sandbox),
        ["pack c", "send c live", "pack d", "send d live", "poll 0", "poll 1", "poll 2", "end built live"],
        "what does not come after it is kept: the items before, and the step beside"
    );
    let told = sandbox.wfmcp(["runs", "log", "@last"]).ok().stdout;
    assert!(told.contains("each[1]/send") && told.contains("as it was"), "{told}");
}

#[test]
fn inside_an_iteration_and_at_a_round() {
    let sandbox = finished();
    fork(&sandbox, &["--from", "each[3]/send"]);
    assert_eq!(log(&sandbox), ["send d staging", "poll 0", "poll 1", "poll 2", "end built staging"]);
    std::fs::remove_file(sandbox.path("log")).unwrap();
    fork(&sandbox, &["--from", "poll~3"]);
    assert_eq!(log(&sandbox), ["poll 2", "end built staging"], "a fork can be forked");
}

#[test]
fn from_the_beginning_everything_is_done_again() {
    let sandbox = finished();
    let forked = fork(&sandbox, &["--input", "to=live"]);
    assert_eq!(forked["result"]["to"], "live");
    assert_eq!(log(&sandbox).len(), 1 + 8 + 3 + 1 + 1);
}

#[test]
fn what_another_run_did_is_not_undone_with_its_fork() {
    let sandbox = finished();
    sandbox.file("release.yaml", &RELEASE.replace("echo end", "exit 1; echo end"));
    sandbox.wfmcp(["run", "release.yaml"]).code(1);
    std::fs::remove_file(sandbox.path("log")).unwrap();
    sandbox.wfmcp(["runs", "fork", "@last", "--from", "end"]).code(1);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    assert_eq!(log(&sandbox), [""; 0]);
}

/// What is done inside a group is taken over with it; the group's undo goes with whoever answers for it.
#[test]
fn a_group_that_was_taken_over_is_undone_by_the_run_that_goes_on_only() {
    let group = "name: grouped
steps:
  - id: group
    undo: { shell: echo ungroup >> log }
    steps:
      - { id: inner, shell: echo inner >> log, undo: { shell: echo uninner >> log } }
  - { id: end, shell: exit 3 }
";
    let sandbox = Sandbox::new();
    sandbox.file("grouped.yaml", group);
    let report = sandbox.wfmcp(["run", "grouped.yaml", "--json"]).code(1).json();
    let run = report["run_id"].as_str().unwrap();
    sandbox.wfmcp(["runs", "fork", run, "--from", "end"]).code(1);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    assert_eq!(log(&sandbox), ["inner"]);
    sandbox.file("grouped.yaml", &group.replace("exit 3", "exit 4"));
    sandbox.wfmcp(["runs", "migrate", run, "--to", "grouped.yaml"]).code(1);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    assert_eq!(log(&sandbox), ["inner", "ungroup", "uninner"]);
}

/// Nothing of it is its own, a failure that the other run put up with included.
#[test]
fn a_fork_that_is_cancelled_before_its_turn_does_nothing() {
    let sandbox = Sandbox::new();
    let steps = "
steps:
  - { id: a, shell: exit 3, on_error: continue }
  - { id: b, prompt: Go on? }
finally: [{ id: leave, shell: echo left >> log }]
";
    sandbox.file("turns.yaml", &format!("name: turns\nconcurrency: {{ key: one }}{steps}"));
    let first = sandbox.wfmcp(["run", "turns.yaml", "--json"]).code(4).json();
    let run = first["run_id"].as_str().unwrap();
    let fork = sandbox.command(["runs", "fork", run, "--from", "b"]).spawn();
    wait_until(|| sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"][1].is_object());
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    fork.wait();
    assert_eq!(log(&sandbox), [""; 0]);
}

#[test]
fn a_run_that_waits_is_forked_with_an_action_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "ask.yaml",
        "name: ask\nsteps:\n- { id: look, shell: echo looked >> log }\n- { id: q, prompt: What?, result: { type: string } }\noutputs: { said: '{{ steps.q.result }}' }\n",
    );
    let first = sandbox.wfmcp(["run", "ask.yaml", "--json"]).code(4).json();
    let arguments = ["runs", "fork", "@last", "--from", "q", "--json"];
    let second = sandbox.wfmcp(arguments).code(4).json();
    assert_ne!(first["action"]["action_id"], second["action"]["action_id"]);
    for (run, said) in [(&first, "one"), (&second, "two")] {
        let action = run["action"]["action_id"].as_str().unwrap();
        let end = sandbox.wfmcp(["submit", action, "--result", said, "--json"]).ok().json();
        assert_eq!(end["result"]["said"], said);
    }
    assert_eq!(sandbox.read("log"), "looked\n");
}

#[test]
fn mistakes_are_told() {
    let sandbox = finished();
    let unknown = sandbox.wfmcp(["runs", "fork", "@last", "--from", "biuld"]).code(5);
    assert!(unknown.stderr.contains("build"), "{}", unknown.stderr);
    let wrong = sandbox.wfmcp(["runs", "fork", "@last", "--input", "tu=x"]).code(3);
    assert!(wrong.stderr.contains("to"), "{}", wrong.stderr);
}

#[test]
fn two_runs_are_compared_at_the_value_that_differs() {
    let sandbox = finished();
    let first =
        sandbox.wfmcp(["status", "@last", "--json"]).ok().json()["run_id"].as_str().unwrap().to_owned();
    sandbox.wfmcp(["run", "release.yaml"]).ok();
    let same = sandbox.wfmcp(["runs", "diff", &first, "@last", "--json"]).ok().json();
    assert_eq!((&same["same"], &same["differences"]), (&json!(true), &json!([])), "{same}");
    sandbox.file("release.yaml", &RELEASE.replace("echo pack", "echo PACK"));
    sandbox.wfmcp(["run", "release.yaml", "--input", "to=live"]).ok();
    let other = sandbox.wfmcp(["runs", "diff", &first, "@last", "--json"]).ok().json();
    let what: Vec<&str> = other["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["inputs/to", "outputs/to", "plan/steps/each/pack/shell/run"]);
    let shown = sandbox.wfmcp(["runs", "diff", &first, "@last"]).ok().stdout;
    assert!(shown.contains("inputs/to\n  - staging\n  + live"), "{shown}");
}

#[test]
fn a_replay_takes_every_decision_again_and_does_nothing() {
    let sandbox = finished();
    let replay = sandbox.wfmcp(["runs", "replay", "@last", "--json"]).ok().json();
    assert_eq!((&replay["same"], &replay["differences"]), (&json!(true), &json!([])), "{replay}");
    let commands: Vec<&str> = replay["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|command| command["text"].as_str().unwrap())
        .collect();
    assert!(commands.contains(&"echo send 'c' 'staging' >> log"), "{commands:?}");
    assert_eq!(log(&sandbox), [""; 0], "nothing was done");
    sandbox.wfmcp(["runs", "fork", "@last", "--from", "each[3]/send"]).ok();
    std::fs::remove_file(sandbox.path("log")).unwrap();
    let replay = sandbox.wfmcp(["runs", "replay", "@last", "--json"]).ok().json();
    assert_eq!((&replay["same"], &replay["differences"]), (&json!(true), &json!([])), "{replay}");
    let database = sandbox.home().join("data/projects");
    let database = std::fs::read_dir(database).unwrap().next().unwrap().unwrap().path().join("journal.db");
    let connection = rusqlite::Connection::open(database).unwrap();
    let edited = "UPDATE plans SET text = replace(text, 'echo poll', 'echo look')";
    assert!(connection.execute(edited, []).unwrap() > 0);
    let shown = sandbox.wfmcp(["runs", "replay", "@last"]).ok().stdout;
    assert!(shown.contains("each of them taken again; nothing was done"), "{shown}");
    let edited = "UPDATE plans SET text = replace(text, 'index == 2', 'index == 1')";
    assert!(connection.execute(edited, []).unwrap() > 0);
    let other = sandbox.wfmcp(["runs", "replay", "@last", "--json"]).ok().json();
    assert_eq!(other["same"], false);
    assert_eq!(other["differences"][0]["step"], "poll", "{other}");
}
