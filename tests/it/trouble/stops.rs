//! Steps that are stopped, fail, are tried again, undone and cleaned up after.

use crate::harness::{Sandbox, wait_until};

/// A tree of which one part left the group and one the session.
const TREE: &str = "(setsid sleep 600 &); sleep 600 & echo up >> up; sleep 600";

#[test]
fn a_timeout_kills_the_whole_tree() {
    let sandbox = Sandbox::new();
    sandbox.file("w.yaml", &format!("name: w\nsteps: [{{ id: a, shell: '{TREE}', timeout: 1s }}]"));
    let failed = sandbox.wfmcp(["run", "w.yaml", "--json"]).code(1).json();
    assert_eq!(failed["error"]["kind"], "timeout");
    assert_eq!(failed["failed_steps"], serde_json::json!(["a"]));
    wait_until(|| sandbox.processes().is_empty());
}

#[test]
fn a_cancel_from_elsewhere_kills_the_tree_undoes_and_cleans_up() {
    let sandbox = Sandbox::new();
    let workflow = format!(
        "
name: w
steps:
  - id: first
    shell: echo first >> order
    undo: {{ shell: echo undo first >> order }}
  - id: each
    foreach: \"['x', 'y']\"
    shell: echo {{{{ item }}}} >> order
    undo: {{ shell: 'echo undo {{{{ item }}}} >> order' }}
  - id: long
    shell: {TREE}
    undo: {{ shell: echo undo long >> order }}
  - id: never
    shell: echo never >> order
finally:
  - id: clean
    shell: echo clean >> order
"
    );
    sandbox.file("w.yaml", &workflow);
    let run = sandbox.command(["run", "w.yaml", "--json"]).spawn();
    wait_until(|| sandbox.path("up").exists());
    let cancelled = sandbox.wfmcp(["runs", "cancel", "@last", "--reason", "enough", "--json"]).ok().json();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(run.wait().code(7).json()["status"], "cancelled");
    wait_until(|| sandbox.processes().is_empty());
    let order = sandbox.read("order");
    let order: Vec<&str> = order.lines().filter(|line| *line != "undo long").collect();
    assert_eq!(order, ["first", "x", "y", "undo y", "undo x", "undo first", "clean"]);
}

#[test]
fn a_step_is_tried_again_as_often_as_it_says() {
    let sandbox = Sandbox::new();
    let workflow = r#"
name: w
inputs: { good: { type: integer } }
steps:
  - id: a
    shell: echo "$WFMCP_IDEMPOTENCY_KEY $WFMCP_ATTEMPT" >> tries; test "$WFMCP_ATTEMPT" -ge {{ inputs.good }}
    retry: { attempts: 3, delay: 10ms, backoff: 2 }
on_failure:
  - id: mourn
    shell: echo mourn >> ends
finally:
  - id: clean
    shell: echo clean >> ends
"#;
    sandbox.file("w.yaml", workflow);
    sandbox.wfmcp(["run", "w.yaml", "--input", "good=3"]).ok();
    assert_eq!(sandbox.read("ends"), "clean\n");
    let tries = sandbox.read("tries");
    let (keys, attempts): (Vec<&str>, Vec<&str>) =
        tries.lines().filter_map(|line| line.rsplit_once(' ')).unzip();
    assert_eq!(attempts, ["1", "2", "3"]);
    assert!(keys.iter().all(|key| *key == keys[0]), "one key for all attempts: {keys:?}");

    sandbox.wfmcp(["run", "w.yaml", "--input", "good=4"]).code(1);
    assert_eq!(sandbox.read("tries").lines().count(), 6);
    assert_eq!(sandbox.read("ends"), "clean\nmourn\nclean\n");
}

#[test]
fn after_a_fix_only_what_failed_runs_again() {
    let sandbox = Sandbox::new();
    let workflow = "
name: w
steps:
  - id: before
    shell: echo before >> order
  - id: fragile
    shell: echo fragile >> order; test -e fixed
  - id: after
    shell: echo after >> order
";
    sandbox.file("w.yaml", workflow);
    sandbox.wfmcp(["run", "w.yaml"]).code(1);
    sandbox.wfmcp(["runs", "retry", "@last"]).code(1);
    sandbox.file("fixed", "");
    sandbox.wfmcp(["runs", "retry", "@last"]).ok();
    assert_eq!(sandbox.read("order"), "before\nfragile\nfragile\nfragile\nafter\n");
}

/// The terminal is gone, and with it whoever could answer.
#[test]
fn a_terminated_process_leaves_its_run_to_the_next() {
    let sandbox = Sandbox::new();
    let workflow = "
name: w
steps:
  - id: a
    shell: echo up >> up; [ -e fixed ] || sleep 600
    on_interrupt: rerun
";
    sandbox.file("w.yaml", workflow);
    let run = sandbox.command(["run", "w.yaml"]).spawn();
    wait_until(|| sandbox.path("up").exists());
    run.signal(rustix::process::Signal::HUP);
    assert_ne!(run.wait().code, Some(0));
    wait_until(|| sandbox.processes().is_empty());
    sandbox.file("fixed", "");
    sandbox.wfmcp(["status", "@last", "--wait", "60s"]).ok();
}
