//! Runs that are let go of: by age, state and number, never what may still go on, whole whatever happens, and whoever
//! looks for one afterwards is told.

use super::harness::Sandbox;
use serde_json::{Value, json};

const DONE: &str = "name: done\nsteps: [{ id: s, shell: \"head -c 300000 /dev/zero | tr '\\\\0' x\" }]\n";
const PARENT: &str = "name: parent\nsteps: [{ id: child, workflow: { name: ./ask.yaml } }]\n";
const ASK: &str = "name: ask\nsteps: [{ id: ask, prompt: What?, result: { type: string } }]\n";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, text) in [("done.yaml", DONE), ("parent.yaml", PARENT), ("ask.yaml", ASK)] {
        sandbox.file(name, text);
    }
    sandbox
}

fn run_id(report: &Value) -> String {
    report["run_id"].as_str().unwrap().to_owned()
}

fn done(sandbox: &Sandbox) -> String {
    run_id(&sandbox.wfmcp(["run", "done.yaml", "--json"]).ok().json())
}

fn ids(sandbox: &Sandbox) -> Vec<String> {
    let listed = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    listed["items"].as_array().unwrap().iter().map(run_id).collect()
}

fn artifacts(sandbox: &Sandbox) -> usize {
    let folder = sandbox.home().join("data/projects/default/artifacts");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn what_fits_goes_and_the_newest_stay() {
    let sandbox = place();
    let runs = [(); 4].map(|()| done(&sandbox));
    sandbox.wfmcp(["runs", "prune"]).code(2).stderr_has("which runs");
    sandbox.wfmcp(["runs", "prune", "--status", "running"]).code(3).stderr_has("moved");
    let prune = |more: &[&str]| sandbox.wfmcp([&["runs", "prune", "--json"], more].concat()).ok().json();
    assert_eq!(prune(&["--older-than", "1d"])["runs"], 0);
    let foreseen = prune(&["--keep", "1", "--dry-run"]);
    assert_eq!((&foreseen["runs"], &foreseen["plans"]), (&json!(3), &json!(0)));
    assert_eq!(ids(&sandbox).len(), 4);
    let mut gone = prune(&["--keep", "1"]);
    gone["dry_run"] = json!(true);
    assert_eq!(gone, foreseen, "what was foreseen came");
    assert_eq!((ids(&sandbox), artifacts(&sandbox)), (vec![runs[3].clone()], 1));
    sandbox.wfmcp(["runs", "show", &runs[0]]).code(5).stderr_has("was pruned at");
    let last = prune(&["--keep", "0"]);
    assert_eq!((&last["runs"], &last["plans"]), (&json!(1), &json!(1)));
    assert_eq!(artifacts(&sandbox), 0);
    done(&sandbox);
    sandbox.wfmcp(["runs", "verify", "--all"]).ok();
}

#[test]
fn what_may_go_on_stays_with_all_its_parts() {
    let sandbox = place();
    let report = sandbox.wfmcp(["run", "parent.yaml", "--json"]).code(4).json();
    let (parent, action) = (run_id(&report), report["action"]["action_id"].as_str().unwrap());
    let prune = ["runs", "prune", "--keep", "0", "--json"];
    assert_eq!(sandbox.wfmcp(prune).ok().json()["runs"], 0);
    sandbox.wfmcp(["submit", action, "--result", "x"]).ok();
    sandbox.wfmcp(["status", &parent, "--wait", "60s"]).ok();
    let gone = sandbox.wfmcp(prune).ok().json();
    assert_eq!((&gone["runs"], &gone["run_ids"]), (&json!(2), &json!([parent])));
    assert!(ids(&sandbox).is_empty());
    sandbox.wfmcp(["submit", action, "--result", "x"]).code(5);
}

#[test]
fn a_kill_leaves_nothing_half() {
    for fault in ["kill-before-commit", "kill-after-commit"] {
        for write in 1..10 {
            let sandbox = place();
            let runs = [done(&sandbox), done(&sandbox)];
            let prune = ["runs", "prune", "--keep", "0", "--json"];
            let killed = sandbox.command(prune).env("WFMCP_FAULT", format!("{fault}:{write}")).run();
            sandbox.wfmcp(["runs", "verify", "--all"]).ok();
            let left = ids(&sandbox).len();
            assert!(left == 0 || left == runs.len(), "{left} are left");
            sandbox.wfmcp(prune).ok();
            assert!(ids(&sandbox).is_empty());
            if killed.code.is_some() {
                assert!(write > 1, "the faults did not strike");
                break;
            }
        }
    }
}

#[test]
fn a_person_is_asked_before_anything_goes() {
    let sandbox = place();
    done(&sandbox);
    let mut person = sandbox.command(["runs", "prune", "--keep", "0"]).terminal();
    person.expect("Prune for good: 1 run").line("n");
    person.wait().code(7);
    assert_eq!(ids(&sandbox).len(), 1);
    let mut person = sandbox.command(["runs", "prune", "--keep", "0"]).terminal();
    person.expect("Prune for good: 1 run").line("y");
    person.wait().ok();
    assert!(ids(&sandbox).is_empty());
}

#[test]
fn a_fork_keeps_the_files_of_a_run_that_goes() {
    let sandbox = place();
    sandbox.file(
        "raw.yaml",
        "name: raw\nsteps:\n  - { id: bytes, shell: \"printf '\\\\377\\\\376raw'\" }\n  - { id: count, shell: \"wc -c < {{ steps.bytes.stdout.file }}\" }\noutputs: { count: '{{ steps.count.result }}' }\n",
    );
    let first = run_id(&sandbox.wfmcp(["run", "raw.yaml", "--json"]).ok().json());
    let fork = sandbox.wfmcp(["runs", "fork", &first, "--from", "count", "--json"]).ok().json();
    let prune = sandbox.wfmcp(["runs", "prune", "--keep", "1", "--json"]).ok().json();
    assert_eq!(prune["run_ids"], json!([first]));
    sandbox.wfmcp(["runs", "verify", "--all"]).ok();
    let again = sandbox.wfmcp(["runs", "fork", &run_id(&fork), "--from", "count", "--json"]).ok().json();
    assert_eq!(again["result"]["count"].to_string().trim_matches(['"', '\\', 'n']), "5");
    sandbox.wfmcp(["runs", "export", &run_id(&again), "--out", "fork.tar"]).ok();
    sandbox.wfmcp(["runs", "verify", "--bundle", "fork.tar"]).ok();
}
