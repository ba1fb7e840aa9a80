//! Two servers and a terminal on one store serve the same runs at once, and die now and then: nobody steps on anybody,
//! nothing is lost, nothing is done twice.

use crate::harness::{Sandbox, Server, wait_until};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// Each step leaves a line: what was done is counted from outside.
const WORK: &str = r#"
name: work
inputs: { n: { type: integer } }
steps:
  - id: first
    prompt: First of {{ inputs.n }}
    result: { type: string }
  - id: keep
    shell: echo {{ inputs.n }} first {{ steps.first.result }} >> done.log
    on_interrupt: { check: "grep -q '^{{ inputs.n | raw }} first' done.log" }
  - id: second
    prompt: Second of {{ inputs.n }}
    result: { type: string }
  - id: store
    shell: echo {{ inputs.n }} second {{ steps.second.result }} >> done.log
    on_interrupt: { check: "grep -q '^{{ inputs.n | raw }} second' done.log" }
outputs: { both: "{{ steps.first.result }} {{ steps.second.result }}" }
"#;

const RUNS: u32 = 12;

/// Take what is free, do it, hand it in, until nothing is left to do; dies after `life` actions and comes back.
fn agent(sandbox: &Sandbox, name: &str, life: u32, all_done: &AtomicBool) -> u32 {
    let mut handed_in = 0;
    let mut server = connect(sandbox, name);
    let mut lived = 0;
    while !all_done.load(Ordering::SeqCst) {
        let claimed = server.result("tools/call", json!({ "name": "claim_action", "arguments": {} }));
        if claimed["isError"] == true {
            thread::sleep(std::time::Duration::from_millis(20));
            continue;
        }
        lived += 1;
        if lived % life == 0 {
            // With the action in its hands.
            server.kill();
            server = connect(sandbox, name);
            continue;
        }
        let packet = &claimed["structuredContent"];
        let arguments = json!({ "action": packet["action_id"], "result": name, "wait_seconds": 0 });
        let answer = server.result("tools/call", json!({ "name": "submit_result", "arguments": arguments }));
        if answer["isError"] == false {
            handed_in += 1;
        } else {
            let text = answer["content"][0]["text"].as_str().unwrap();
            assert!(
                text.contains("superseded") || text.contains("conflict") || text.contains("ended"),
                "{text}"
            );
        }
    }
    handed_in
}

fn connect(sandbox: &Sandbox, name: &str) -> Server {
    Server::start(sandbox, &[]).initialized("2025-11-25", name, json!({}))
}

#[test]
fn two_servers_and_a_terminal_serve_the_same_runs() {
    let sandbox = Sandbox::new();
    sandbox.file("work.yaml", WORK);
    for n in 0..RUNS {
        sandbox.wfmcp(["run", "work.yaml", "--input", &format!("n={n}"), "--as", "starter"]).code(4);
    }
    let (all_done, by_terminal) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        let one = scope.spawn(|| agent(&sandbox, "one", 4, &all_done));
        let other = scope.spawn(|| agent(&sandbox, "other", 5, &all_done));
        scope.spawn(|| {
            while !all_done.load(Ordering::SeqCst) {
                let claimed = sandbox.wfmcp(["actions", "claim", "--as", "terminal", "--json"]);
                let Some(id) = claimed.json()["action_id"].as_str().map(str::to_owned) else { continue };
                let submitted =
                    sandbox.wfmcp(["submit", &id, "--result", "terminal", "--as", "terminal", "--json"]);
                by_terminal.fetch_add(u32::from(matches!(submitted.code, Some(0 | 4))), Ordering::SeqCst);
            }
        });
        let mut ended = Value::Null;
        wait_until(|| {
            ended =
                sandbox.wfmcp(["runs", "list", "--status", "completed", "--limit", "100", "--json"]).json();
            ended["items"].as_array().unwrap().len() == RUNS as usize
        });
        all_done.store(true, Ordering::SeqCst);
        let handed_in = one.join().unwrap() + other.join().unwrap();
        assert!(handed_in > 0, "the servers did their share");
    });
    let text = sandbox.read("done.log");
    let mut lines: Vec<&str> = text.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    lines.sort_unstable();
    let mut expected: Vec<String> =
        (0..RUNS).flat_map(|n| [format!("{n} first"), format!("{n} second")]).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected, "each step once\n{text}");
    let health = sandbox.wfmcp(["health", "--json"]).ok().json();
    assert_eq!(health["projects"][0]["pending_actions"], 0, "{health}");
}
