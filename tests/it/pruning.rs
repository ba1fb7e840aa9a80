//! Runs that are let go of: by age, state and number, never what may still go on, whole whatever happens, and whoever
//! looks for one afterwards is told.

use super::harness::Sandbox;
use rusqlite::Connection;
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

/// A bundle of a run that has a file of its own, and is pruned here.
fn packed(sandbox: &Sandbox) -> String {
    let run = done(sandbox);
    sandbox.wfmcp(["runs", "export", &run, "--out", "b.tar"]).ok();
    sandbox.wfmcp(["runs", "prune", "--keep", "0"]).ok();
    assert_eq!(artifacts(sandbox), 0);
    run
}

#[test]
fn who_imports_too_late_leaves_the_files_of_who_was_first() {
    let sandbox = place();
    let run = packed(&sandbox);
    for _ in 0..6 {
        let imports: Vec<_> = (0..4).map(|_| sandbox.command(["runs", "import", "b.tar"]).spawn()).collect();
        for import in imports {
            let import = import.wait();
            assert!(matches!(import.code, Some(0 | 6)), "{import}");
        }
        assert_eq!((ids(&sandbox), artifacts(&sandbox)), (vec![run.clone()], 1));
        sandbox.wfmcp(["runs", "verify", "--all"]).ok();
        sandbox.wfmcp(["runs", "prune", "--keep", "0"]).ok();
        assert_eq!(artifacts(&sandbox), 0);
    }
}

#[test]
fn a_run_that_comes_back_while_it_is_pruned_is_whole_or_gone() {
    let sandbox = place();
    packed(&sandbox);
    for _ in 0..8 {
        sandbox.wfmcp(["runs", "import", "b.tar"]).ok();
        let prune = sandbox.command(["runs", "prune", "--keep", "0"]).spawn();
        let imports: Vec<_> = (0..3).map(|_| sandbox.command(["runs", "import", "b.tar"]).spawn()).collect();
        prune.wait().ok();
        for import in imports {
            let import = import.wait();
            // It was found here, and then no more; or not, and then it was.
            assert!(matches!(import.code, Some(0 | 5 | 6)), "{import}");
        }
        sandbox.wfmcp(["runs", "verify", "--all"]).ok();
        sandbox.wfmcp(["runs", "prune", "--keep", "0"]).ok();
    }
}

#[test]
fn an_import_that_fails_leaves_no_files() {
    let sandbox = place();
    sandbox.file(
        "both.yaml",
        &format!(
            "{}  - {{ id: ask, prompt: What? }}\n",
            DONE.replace("steps: [", "steps:\n  - ").replace("}]", "}")
        ),
    );
    let report = sandbox.wfmcp(["run", "both.yaml", "--json"]).code(4).json();
    let action = report["action"]["action_id"].as_str().unwrap().split('-').next().unwrap();
    sandbox.wfmcp(["runs", "export", &run_id(&report), "--move", "--out", "b.tar"]).ok();
    sandbox.wfmcp(["runs", "prune", "--keep", "0", "--status", "moved"]).ok();
    assert_eq!(artifacts(&sandbox), 0);
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let database = Connection::open(sandbox.home().join("data/projects/default/journal.db")).unwrap();
    database.execute("UPDATE actions SET action = ?1", [action]).unwrap();
    sandbox.wfmcp(["runs", "import", "b.tar"]).code(6).stderr_has("an action here is called");
    assert_eq!((ids(&sandbox).len(), artifacts(&sandbox)), (1, 0));
}
