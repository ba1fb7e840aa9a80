//! A run goes on by itself: in the background, after its carrier died, after a pause, and under several eyes at once.

use crate::harness::{Sandbox, wait_until};
use rustix::process::Signal;

const STEPS: &str = "
name: steps
steps:
  - id: one
    shell: echo one >> done
    retry: { attempts: 2 }
  - id: gate
    retry: { attempts: 2 }
    shell: |
      touch reached
      while [ ! -e open ]; do sleep 0.02; done
  - id: two
    shell: echo two >> done
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("steps.yaml", STEPS);
    sandbox
}

fn status(sandbox: &Sandbox) -> String {
    let report = sandbox.wfmcp(["status", "@last", "--json"]).json();
    report["status"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_detached_run_is_carried_in_the_background() {
    let sandbox = sandbox();
    let report = sandbox.wfmcp(["run", "steps.yaml", "--detach", "--json"]).ok().json();
    assert_eq!(report["status"], "running");
    wait_until(|| sandbox.path("reached").exists());
    sandbox.file("open", "");
    let end = sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]).ok().json();
    assert_eq!(end["status"], "completed");
    assert_eq!(sandbox.read("done"), "one\ntwo\n");
}

#[test]
fn a_run_whose_carrier_died_is_taken_up_by_the_next_command() {
    let sandbox = sandbox();
    let mut carrier = sandbox.command(["run", "steps.yaml"]).spawn();
    wait_until(|| sandbox.path("reached").exists());
    assert_eq!(carrier.kill().code, None);
    sandbox.file("open", "");
    sandbox.wfmcp(["runs", "list"]).ok();
    wait_until(|| status(&sandbox) == "completed");
    assert_eq!(sandbox.read("done"), "one\ntwo\n", "what was recorded did not run twice");
}

#[test]
fn an_interrupt_pauses_and_says_how_to_go_on() {
    let sandbox = sandbox();
    let run = sandbox.command(["run", "steps.yaml"]).spawn();
    wait_until(|| sandbox.path("reached").exists());
    run.signal(Signal::INT);
    wait_until(|| run.stderr().contains("pausing r-"));
    sandbox.file("open", "");
    run.wait().code(4).stdout_has("paused").stdout_has("wfmcp runs resume r-");
    assert_eq!(sandbox.read("done"), "one\n");
    sandbox.wfmcp(["runs", "resume", "@last"]).ok();
    assert_eq!(sandbox.read("done"), "one\ntwo\n");
}

#[test]
fn a_second_interrupt_ends_the_process_and_its_children() {
    let sandbox = sandbox();
    let run = sandbox.command(["run", "steps.yaml"]).spawn();
    wait_until(|| sandbox.path("reached").exists());
    run.signal(Signal::INT);
    wait_until(|| run.stderr().contains("pausing r-"));
    run.signal(Signal::INT);
    run.wait().code(130);
    assert_eq!(status(&sandbox), "paused");
    sandbox.file("open", "");
}

#[test]
fn another_terminal_watches_submits_and_is_told() {
    let sandbox = Sandbox::new();
    sandbox
        .file("ask.yaml", "name: ask\nsteps:\n  - id: ask\n    prompt: Who?\n    result: { type: string }\n");
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let watcher = sandbox.command(["status", "@last", "--watch"]).spawn();
    wait_until(|| watcher.stdout().contains("waits for somebody"));
    let follower = sandbox.command(["runs", "log", "@last", "--follow", "--jsonl"]).spawn();
    wait_until(|| follower.stdout().contains(r#""event":"opened""#));
    sandbox.wfmcp(["submit", "@last", "--result", "me"]).ok();
    watcher.wait().ok().stdout_has("completed");
    follower.wait().ok().stdout_has(r#""event":"ended""#);
}

#[test]
fn a_wait_for_time_is_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "nap.yaml",
        "name: nap\nsteps:\n  - id: nap\n    wait: 300ms\n  - id: after\n    shell: echo after\n",
    );
    sandbox.wfmcp(["run", "nap.yaml"]).ok().stderr_has("after");
}

const PARENT: &str = r"
name: parent
steps:
  - id: part
    workflow: { name: ./part.yaml }
  - id: slow
    shell: touch reached; while [ ! -e open ]; do sleep 0.02; done; echo over >> done
";

/// What a person answers for a part of a run is followed by the whole of it, to where it needs somebody again.
#[test]
fn who_submits_for_a_child_is_told_of_the_run_that_was_started() {
    let sandbox = Sandbox::new();
    sandbox.file("parent.yaml", PARENT);
    sandbox.file("part.yaml", "name: part\nsteps: [{ id: ask, prompt: Which? }]\n");
    sandbox.file("open", "");
    let asked = sandbox.wfmcp(["run", "parent.yaml", "--json"]).code(4).json();
    assert_ne!(asked["action"]["run_id"], asked["run_id"]);
    let end = sandbox.wfmcp(["submit", "@last", "--result", "'x'", "--json"]).ok().json();
    assert_eq!((&end["run_id"], &end["status"]), (&asked["run_id"], &"completed".into()), "{end}");
    assert_eq!(sandbox.read("done"), "over\n");
}

/// A process that stays with a child does not begin what it would break off when it ends.
#[test]
fn a_parent_goes_on_in_the_background_when_its_child_was_moved_on() {
    let sandbox = Sandbox::new();
    sandbox.file("parent.yaml", PARENT);
    sandbox.file("part.yaml", "name: part\nsteps: [{ id: ask, wait: { for: event, name: go } }]\n");
    sandbox.wfmcp(["run", "parent.yaml", "--json"]).code(4);
    let rows = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    let child = rows["items"].as_array().and_then(|rows| rows.iter().find(|row| row["workflow"] == "part"));
    let child = child.expect("a child")["run_id"].as_str().unwrap_or_default().to_owned();
    let end = sandbox.wfmcp(["runs", "signal", &child, "go", "--json"]).ok().json();
    assert_eq!((&end["workflow"], &end["status"]), (&"part".into(), &"completed".into()), "{end}");
    wait_until(|| sandbox.path("reached").exists());
    sandbox.file("open", "");
    sandbox.wfmcp(["status", "@last", "--wait", "60s"]).ok();
    assert_eq!(sandbox.read("done"), "over\n");
}
