//! Killed at every write of the journal: whatever the moment, the next command takes the run up by itself, the end is
//! the same, and nobody survives.

use super::harness::{Run, Sandbox, wait_until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Each script leaves its step and its attempt behind.
const WORKFLOW: &str = r#"
name: crash
steps:
  - id: one
    shell: echo "$WFMCP_STEP_ID $WFMCP_ATTEMPT" >> ran
    on_interrupt: rerun
  - id: each
    foreach: "['x', 'y', 'z']"
    parallel: 2
    shell: echo "$WFMCP_STEP_ID $WFMCP_ATTEMPT" >> ran; echo {{ item }}
    on_interrupt: rerun
  - id: pause
    wait: 50ms
  - id: ask
    prompt: Which word?
    result: { type: object, required: [word], properties: { word: { type: string } } }
  - id: after
    shell: echo "$WFMCP_STEP_ID $WFMCP_ATTEMPT" >> ran; echo {{ steps.ask.result.word }}
    on_interrupt: rerun
  - id: rest
    wait: 30ms
  - id: last
    shell: echo "$WFMCP_STEP_ID $WFMCP_ATTEMPT" >> ran; echo {{ steps.after.result }}
    on_interrupt: rerun
outputs:
  word: "{{ steps.last.result }}"
  items: "{{ steps.each.result }}"
"#;
const ANSWER: [&str; 4] = ["submit", "@last", "--json", "--result={\"word\": \"hi\"}"];
const START: [&str; 3] = ["run", "crash.yaml", "--json"];
/// More writes than this no phase has.
const WRITES_MAX: usize = 60;

#[test]
fn a_start_is_killed_before_every_write() {
    kill_the_start("kill-before-commit");
}

#[test]
fn a_start_is_killed_after_every_write() {
    kill_the_start("kill-after-commit");
}

#[test]
fn a_submit_is_killed_before_every_write() {
    kill_the_submit("kill-before-commit");
}

#[test]
fn a_submit_is_killed_after_every_write() {
    kill_the_submit("kill-after-commit");
}

fn kill_the_start(fault: &str) {
    let killed = (1..WRITES_MAX).take_while(|write| {
        let sandbox = place();
        let start = faulty(&sandbox, START, fault, *write);
        if start.code.is_some() {
            start.code(4);
            return false;
        }
        let recorded = Recorded::by(&sandbox);
        match sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]) {
            // Nothing was promised yet.
            none if none.code == Some(5) => sandbox.wfmcp(START).code(4),
            taken_up => taken_up.code(4),
        };
        finish(&sandbox, &recorded, &sandbox.wfmcp(ANSWER), *write);
        true
    });
    assert!(killed.count() > 5, "the faults did not strike");
}

fn kill_the_submit(fault: &str) {
    let killed = (1..WRITES_MAX).take_while(|write| {
        let sandbox = place();
        sandbox.wfmcp(START).code(4);
        let submit = faulty(&sandbox, ANSWER, fault, *write);
        if submit.code.is_some() {
            submit.ok();
            return false;
        }
        let recorded = Recorded::by(&sandbox);
        let end = match sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]) {
            // The submission was not accepted yet.
            waits if waits.code == Some(4) => sandbox.wfmcp(ANSWER),
            end => end,
        };
        finish(&sandbox, &recorded, &end, *write);
        true
    });
    assert!(killed.count() > 3, "the faults did not strike");
}

#[test]
fn a_parent_and_its_child_are_killed_before_every_write() {
    kill_a_family("kill-before-commit");
}

#[test]
fn a_parent_and_its_child_are_killed_after_every_write() {
    kill_a_family("kill-after-commit");
}

/// Between deciding on a child, beginning it, and telling its parent how it ended.
fn kill_a_family(fault: &str) {
    let parent = r#"
name: parent
steps:
  - id: child
    workflow: { name: ./child.yaml, with: { word: hi } }
  - id: last
    shell: echo {{ steps.child.result.word }}
    on_interrupt: rerun
outputs: { word: "{{ steps.last.result }}" }
"#;
    let child = r#"
name: child
inputs: { word: { type: string } }
steps:
  - id: say
    shell: echo {{ inputs.word }}
    on_interrupt: rerun
outputs: { word: "{{ steps.say.result }}" }
"#;
    let start = ["run", "parent.yaml", "--json"];
    let killed = (1..WRITES_MAX).take_while(|write| {
        let sandbox = Sandbox::new();
        sandbox.file("parent.yaml", parent);
        sandbox.file("child.yaml", child);
        let run = faulty(&sandbox, start, fault, *write);
        let end = match sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]) {
            none if none.code == Some(5) => sandbox.wfmcp(start),
            end => end,
        };
        let report = end.clone().ok().json();
        assert_eq!(report["result"], json!({ "word": "hi" }), "write {write}: {end}");
        let listed = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
        let ended = listed["items"].as_array().unwrap().iter().filter(|row| row["status"] == "completed");
        assert_eq!(ended.count(), 2, "write {write}: {listed}");
        wait_until(|| sandbox.processes().is_empty());
        run.code.is_none()
    });
    assert!(killed.count() > 8, "the faults did not strike");
}

/// A cancel that was accepted is carried to its end: everything is undone in reverse order, and `finally` runs.
#[test]
fn a_cancel_is_killed_around_every_write() {
    let workflow = r"
name: undone
steps:
  - id: a
    shell: echo a >> order
    undo: { shell: echo undo a >> order, retry: { attempts: 2 } }
  - id: b
    shell: echo b >> order
    undo: { shell: echo undo b >> order, retry: { attempts: 2 } }
  - id: ask
    prompt: Go on?
    result: { type: boolean }
finally: [{ id: clean, shell: echo clean >> order, on_interrupt: rerun }]
";
    for fault in ["kill-before-commit", "kill-after-commit"] {
        let killed = (1..WRITES_MAX).take_while(|write| {
            let sandbox = Sandbox::new();
            sandbox.file("undone.yaml", workflow);
            sandbox.wfmcp(["run", "undone.yaml"]).code(4);
            let cancel = faulty(&sandbox, ["runs", "cancel", "@last"], fault, *write);
            let taken_up = sandbox.wfmcp(["status", "@last", "--wait", "60s"]);
            if taken_up.code == Some(4) {
                sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
            }
            sandbox.wfmcp(["status", "@last"]).code(7);
            let order = sandbox.read("order");
            let mut order: Vec<&str> = order.lines().collect();
            order.dedup();
            assert_eq!(order, ["a", "b", "undo b", "undo a", "clean"], "{fault} at write {write}");
            cancel.code.is_none()
        });
        assert!(killed.count() > 3, "the faults did not strike");
    }
}

/// The status of a work item and that of the run that serves it are never apart: they are one write.
#[test]
fn a_run_that_serves_a_work_item_is_killed_around_every_write() {
    for fault in ["kill-before-commit", "kill-after-commit"] {
        let killed = (1..WRITES_MAX).take_while(|write| {
            let sandbox = Sandbox::new();
            sandbox.file("w.yaml", "name: w\nsteps: [{ id: a, shell: echo a, on_interrupt: rerun }]\n");
            let item = sandbox.wfmcp(["work", "create", "Do it", "--json"]).ok().json();
            let item = item["work_item_id"].as_str().unwrap();
            let status = || {
                let shown = sandbox.wfmcp(["work", "show", item, "--json"]).ok().json();
                shown["item"]["status"].as_str().unwrap().to_owned()
            };
            let run = faulty(&sandbox, ["run", "w.yaml", "--work-item", item], fault, *write);
            let begun = status();
            let runs = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
            let has_run = !runs["items"].as_array().unwrap().is_empty();
            assert_eq!(begun != "open", has_run, "{fault} at write {write}: {begun}, {runs}");
            if has_run {
                sandbox.wfmcp(["status", "@last", "--wait", "60s"]).ok();
                assert_eq!(status(), "completed", "{fault} at write {write}");
            }
            run.code.is_none()
        });
        assert!(killed.count() >= 3, "the faults did not strike");
    }
}

/// Every process dies after three writes of its own, and still the run comes to its end.
#[test]
fn a_run_outlives_any_number_of_deaths() {
    let sandbox = place();
    faulty(&sandbox, START, "kill-after-commit", 4);
    let mut deaths = 0;
    wait_until(|| {
        let status = faulty(&sandbox, ["status", "@last", "--wait", "1s", "--json"], "kill-after-commit", 3);
        deaths += 1;
        status.code == Some(4)
    });
    assert!(deaths > 1, "nobody died");
    finish(&sandbox, &Recorded::default(), &sandbox.wfmcp(ANSWER), 0);
}

/// Long children of a killed process: some in their own session, some started while another's outcome is written.
#[test]
fn no_child_survives() {
    let workflow = r#"
name: children
steps:
  - id: each
    foreach: "['quick', 'slow', 'slower']"
    parallel: 3
    shell: |
      [ -e fixed ] && exit 0
      test {{ item }} != quick || exit 0
      (setsid sleep 600 &)
      sleep 600 &
      echo {{ item }} >> up
      exec sleep 600
    on_interrupt: rerun
"#;
    for write in 3..9 {
        let sandbox = Sandbox::new();
        sandbox.file("children.yaml", workflow);
        let fault = format!("kill-after-commit:{write}");
        let mut run = sandbox.command(["run", "children.yaml"]).env("WFMCP_FAULT", fault).spawn();
        let is_up = || std::fs::read_to_string(sandbox.path("up")).is_ok_and(|up| up.lines().count() == 2);
        wait_until(|| run.has_ended() || is_up());
        assert_eq!(run.kill().code, None, "it ends by a signal");
        wait_until(|| sandbox.processes().is_empty());
        sandbox.file("fixed", "");
        sandbox.wfmcp(["status", "@last", "--wait", "60s"]).ok();
        wait_until(|| sandbox.processes().is_empty());
    }
}

/// Many processes die at once: one command takes up all they left.
#[test]
fn one_command_takes_up_what_many_left() {
    let sandbox = Sandbox::new();
    let workflow = r#"
name: left
inputs: { number: { type: integer } }
steps:
  - id: work
    shell: echo "$WFMCP_RUN_ID" >> up; [ -e fixed ] || sleep 600; echo {{ inputs.number }}
    on_interrupt: rerun
outputs: { number: "{{ steps.work.result }}" }
"#;
    sandbox.file("left.yaml", workflow);
    let spawn =
        |number: usize| sandbox.command(["run", "left.yaml", "--input", &format!("number={number}")]).spawn();
    let mut runs: Vec<_> = (0..24).map(spawn).collect();
    wait_until(|| {
        std::fs::read_to_string(sandbox.path("up")).is_ok_and(|up| up.lines().count() == runs.len())
    });
    for run in &mut runs {
        run.kill();
    }
    wait_until(|| sandbox.processes().is_empty());
    sandbox.file("fixed", "");
    sandbox.wfmcp(["status"]).ok();
    let all = ["runs", "list", "--status", "completed", "--limit", "200", "--json"];
    wait_until(|| sandbox.wfmcp(all).ok().json()["items"].as_array().unwrap().len() == runs.len());
    assert_eq!(sandbox.read("up").lines().count(), 2 * runs.len(), "each began twice, and ended once");
    wait_until(|| sandbox.processes().is_empty());
}

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("crash.yaml", WORKFLOW);
    sandbox
}

fn faulty<const N: usize>(sandbox: &Sandbox, arguments: [&str; N], fault: &str, write: usize) -> Run {
    sandbox.command(arguments).env("WFMCP_FAULT", format!("{fault}:{write}")).run()
}

/// The steps with a recorded outcome, and how often each has run.
#[derive(Default)]
struct Recorded(BTreeMap<String, usize>);

impl Recorded {
    /// Reading the log is what takes the run up: what it says was recorded before.
    fn by(sandbox: &Sandbox) -> Self {
        let ran = ran(sandbox);
        let log = sandbox.wfmcp(["runs", "log", "@last", "--json"]);
        if log.code == Some(5) {
            return Self::default();
        }
        let lines = log.ok().json()["lines"].as_array().unwrap().clone();
        let finished = lines.iter().filter(|line| line["event"] == "finished");
        Self(
            finished
                .filter_map(|line| ran.get_key_value(line["step"].as_str()?))
                .map(|(step, attempts)| (step.clone(), attempts.len()))
                .collect(),
        )
    }
}

fn finish(sandbox: &Sandbox, recorded: &Recorded, end: &Run, write: usize) {
    let report: Value = end.clone().ok().json();
    assert_eq!(report["status"], "completed", "write {write}: {end}");
    assert_eq!(report["result"], json!({ "word": "hi", "items": ["x", "y", "z"] }), "write {write}: {end}");
    let listed = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "write {write}: one run");

    let ran = ran(sandbox);
    assert_eq!(ran.len(), 6, "write {write}: {ran:?}");
    for (step, attempts) in &ran {
        let distinct: BTreeSet<_> = attempts.iter().collect();
        assert_eq!(attempts.len(), distinct.len(), "write {write}: an attempt of {step} ran twice");
    }
    for (step, times) in &recorded.0 {
        assert_eq!(ran[step].len(), *times, "write {write}: {step} had a recorded outcome and ran again");
    }
    wait_until(|| sandbox.processes().is_empty());
}

/// The attempts of each step that ran.
fn ran(sandbox: &Sandbox) -> BTreeMap<String, Vec<String>> {
    let mut attempts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let text = std::fs::read_to_string(sandbox.path("ran")).unwrap_or_default();
    for (step, attempt) in text.lines().filter_map(|line| line.split_once(' ')) {
        attempts.entry(step.to_owned()).or_default().push(attempt.to_owned());
    }
    attempts
}

/// A run whose time is over leaves a child behind where its process dies before that is called off.
#[test]
fn a_child_is_not_left_waiting_when_its_parent_ends_in_a_crash() {
    let killed = (1..WRITES_MAX).take_while(|write| {
        let sandbox = Sandbox::new();
        sandbox
            .file("parent.yaml", "name: parent\ntimeout: 1s\nsteps: [{ id: part, workflow: ./part.yaml }]\n");
        sandbox.file("part.yaml", "name: part\nsteps: [{ id: w, wait: { for: event, name: go } }]\n");
        let run = faulty(&sandbox, ["run", "parent.yaml", "--json"], "kill-after-commit", *write);
        if run.code.is_none() && sandbox.wfmcp(["status", "@last", "--wait", "60s"]).code == Some(5) {
            return true;
        }
        wait_until(|| {
            let rows = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
            rows["items"].as_array().unwrap().iter().all(|row| row["ended_at"].is_string())
        });
        run.code.is_none()
    });
    assert!(killed.count() > 3, "the faults did not strike");
}
