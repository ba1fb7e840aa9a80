//! `concurrency`: how many runs of a key go on at once, in however many processes.

use crate::harness::{Sandbox, wait_until};
use serde_json::{Value, json};

fn workflow(on_busy: &str, limit: u32) -> String {
    format!(
        "name: deploy\n\
         inputs: {{ to: {{ type: string, default: staging }}, mark: {{ type: string, default: one }} }}\n\
         concurrency: {{ key: 'deploy {{{{ inputs.to }}}}', limit: {limit}, on_busy: {on_busy} }}\n\
         steps:\n\
         - id: go\n  \
           retry: {{ attempts: 2 }}\n  \
           shell: |\n    \
             echo begin {{{{ inputs.mark }}}} >> log\n    \
             while [ ! -e open-{{{{ inputs.mark }}}} ]; do sleep 0.02; done\n    \
             echo end {{{{ inputs.mark }}}} >> log\n  \
           undo: {{ shell: echo undo {{{{ inputs.mark }}}} >> log }}\n"
    )
}

fn place(on_busy: &str, limit: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("deploy.yaml", &workflow(on_busy, limit));
    sandbox
}

fn start(sandbox: &Sandbox, mark: &str) -> String {
    let mark = format!("mark={mark}");
    let report = sandbox.wfmcp(["run", "deploy.yaml", "--detach", "--input", &mark, "--json"]).ok().json();
    report["run_id"].as_str().unwrap().to_owned()
}

fn status(sandbox: &Sandbox, run: &str) -> Value {
    sandbox.wfmcp(["status", run, "--json"]).json()
}

fn ends(sandbox: &Sandbox, run: &str, how: &str) {
    wait_until(|| status(sandbox, run)["status"] == how);
}

fn log(sandbox: &Sandbox) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.path("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn runs_of_a_key_go_one_after_the_other() {
    let sandbox = place("queue", 1);
    let one = start(&sandbox, "one");
    wait_until(|| log(&sandbox) == ["begin one"]);
    let two = start(&sandbox, "two");
    let three = start(&sandbox, "three");
    let waiting = status(&sandbox, &two);
    assert_eq!(waiting["status"], "waiting");
    assert_eq!(waiting["queue"], json!({ "key": "deploy staging", "limit": 1, "going": [one] }));
    let shown = sandbox.wfmcp(["status", &two]).ok();
    assert!(shown.stdout.contains("waiting for its turn"), "{}", shown.stdout);

    let other = sandbox.command(["run", "deploy.yaml", "--input", "to=live", "--input", "mark=four"]).spawn();
    wait_until(|| log(&sandbox).contains(&"begin four".to_owned()));
    sandbox.file("open-four", "");
    assert_eq!(other.wait().code, Some(0), "another key has a limit of its own");

    sandbox.file("open-three", "");
    assert_eq!(status(&sandbox, &three)["status"], "waiting", "who came first goes first");
    sandbox.file("open-one", "");
    wait_until(|| log(&sandbox).contains(&"begin two".to_owned()));
    ends(&sandbox, &one, "completed");
    sandbox.file("open-two", "");
    ends(&sandbox, &two, "completed");
    ends(&sandbox, &three, "completed");
    let mine = |line: &&String| !line.ends_with("four");
    let told: Vec<String> = log(&sandbox).iter().filter(mine).cloned().collect();
    assert_eq!(told, ["begin one", "end one", "begin two", "end two", "begin three", "end three"]);
}

#[test]
fn a_command_in_the_foreground_waits_for_its_turn_in_another_process() {
    let sandbox = place("queue", 1);
    let one = sandbox.command(["run", "deploy.yaml", "--input", "mark=one"]).spawn();
    wait_until(|| log(&sandbox) == ["begin one"]);
    let two = sandbox.command(["run", "deploy.yaml", "--input", "mark=two"]).spawn();
    wait_until(|| {
        sandbox.wfmcp(["runs", "list", "--status", "waiting", "--json"]).json()["items"] != json!([])
    });
    sandbox.file("open-one", "");
    sandbox.file("open-two", "");
    assert_eq!((one.wait().code, two.wait().code), (Some(0), Some(0)));
    assert_eq!(log(&sandbox), ["begin one", "end one", "begin two", "end two"]);
}

#[test]
fn whoever_holds_a_turn_and_dies_passes_it_on_when_it_is_cancelled() {
    let sandbox = place("queue", 1);
    let mut one = sandbox.command(["run", "deploy.yaml", "--input", "mark=one"]).spawn();
    wait_until(|| log(&sandbox) == ["begin one"]);
    let held = sandbox.wfmcp(["status", "@last", "--json"]).json()["run_id"].as_str().unwrap().to_owned();
    one.kill();
    let two = start(&sandbox, "two");
    sandbox.file("open-two", "");
    sandbox.wfmcp(["runs", "cancel", &held]).ok();
    ends(&sandbox, &two, "completed");
}

#[test]
fn nobody_stays_for_a_run_that_is_paused_before_its_turn() {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", "name: ask\nconcurrency: { key: k }\nsteps: [{ id: q, prompt: What? }]\n");
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let waits = sandbox.wfmcp(["run", "ask.yaml", "--detach", "--json"]).ok().json();
    wait_until(|| !sandbox.processes().is_empty());
    sandbox.wfmcp(["runs", "pause", waits["run_id"].as_str().unwrap()]).ok();
    wait_until(|| sandbox.processes().is_empty());
}

#[test]
fn a_run_that_finds_no_room_is_refused_where_its_workflow_says_so() {
    let sandbox = place("refuse", 1);
    let one = start(&sandbox, "one");
    let refused = sandbox.wfmcp(["run", "deploy.yaml", "--json"]).code(6).json();
    let message = refused["error"]["message"].as_str().unwrap();
    assert_eq!(
        message,
        format!("1 of at most 1 runs with the concurrency key `deploy staging` go on: {one}")
    );
    assert_eq!(sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"].as_array().unwrap().len(), 1);
    sandbox.file("open-one", "");
    ends(&sandbox, &one, "completed");
    sandbox.wfmcp(["run", "deploy.yaml"]).ok();
}

#[test]
fn a_newer_run_cancels_the_older_where_its_workflow_says_so() {
    let sandbox = place("cancel_running", 1);
    let one = start(&sandbox, "one");
    wait_until(|| log(&sandbox) == ["begin one"]);
    let two = start(&sandbox, "two");
    ends(&sandbox, &one, "cancelled");
    let error = status(&sandbox, &one)["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(error, format!("{two} takes its place (concurrency key `deploy staging`)"));
    sandbox.file("open-two", "");
    ends(&sandbox, &two, "completed");
    assert_eq!(log(&sandbox), ["begin one", "begin two", "end two"]);
}

/// One that goes on and one that waits give way to the newest, and neither to the other.
#[test]
fn of_several_that_come_the_newest_stays() {
    let sandbox = place("cancel_running", 1);
    let slow = "finally: [{ id: leave, shell: 'while [ ! -e left ]; do sleep 0.02; done' }]\n";
    sandbox.file("deploy.yaml", &(workflow("cancel_running", 1) + slow));
    let one = start(&sandbox, "one");
    wait_until(|| log(&sandbox) == ["begin one"]);
    let two = start(&sandbox, "two");
    let three = start(&sandbox, "three");
    sandbox.file("open-three", "");
    sandbox.file("left", "");
    ends(&sandbox, &three, "completed");
    ends(&sandbox, &one, "cancelled");
    ends(&sandbox, &two, "cancelled");
    assert_eq!(log(&sandbox), ["begin one", "begin three", "end three"]);
}

#[test]
fn a_part_shares_the_turn_of_the_whole() {
    let sandbox = Sandbox::new();
    sandbox
        .file("part.yaml", "name: part\nconcurrency: { key: same }\nsteps: [{ shell: echo part >> log }]\n");
    sandbox.file(
        "whole.yaml",
        "name: whole\nconcurrency: { key: same }\nsteps: [{ id: part, workflow: ./part.yaml }]\n",
    );
    sandbox.wfmcp(["run", "whole.yaml"]).ok();
    assert_eq!(sandbox.read("log"), "part\n");
}

#[test]
fn a_failed_run_that_is_retried_waits_for_a_turn_again() {
    let sandbox = place("queue", 1);
    sandbox.file(
        "fragile.yaml",
        "name: fragile\nconcurrency: { key: deploy staging }\nsteps: [{ id: look, shell: test -e ready }]\n",
    );
    sandbox.wfmcp(["run", "fragile.yaml"]).code(1);
    let failed = status(&sandbox, "@last")["run_id"].as_str().unwrap().to_owned();
    let one = start(&sandbox, "one");
    wait_until(|| log(&sandbox) == ["begin one"]);
    sandbox.file("ready", "");
    let retry = sandbox.command(["runs", "retry", &failed]).spawn();
    wait_until(|| status(&sandbox, &failed)["queue"]["going"] == json!([one]));
    sandbox.file("open-one", "");
    assert_eq!(retry.wait().code, Some(0));
}

#[test]
fn a_dozen_at_once_never_exceed_the_limit() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "many.yaml",
        "name: many\n\
         inputs: { n: { type: integer } }\n\
         concurrency: { key: many, limit: 3 }\n\
         steps:\n\
         - id: count\n  \
           retry: { attempts: 2 }\n  \
           shell: |\n    \
             mkdir -p here && touch here/{{ inputs.n }}\n    \
             ls here | wc -l >> seen\n    \
             rm here/{{ inputs.n }}\n",
    );
    let runs: Vec<_> = (0..12)
        .map(|n| sandbox.command(["run", "many.yaml", "--input", &format!("n={n}")]).spawn())
        .collect();
    for run in runs {
        assert_eq!(run.wait().code, Some(0));
    }
    let seen = sandbox.read("seen");
    assert_eq!(seen.lines().count(), 12);
    assert!(seen.lines().all(|count| count.trim().parse::<u32>().unwrap() <= 3), "{seen}");
}
