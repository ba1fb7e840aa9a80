//! `wfmcp metrics`: what is counted, when it counts, and how it is drawn. What each event means is tested beside the code.

use crate::harness::api::{Api, answer};
use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

const ASK: &str = "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string, maxLength: 3 } }]\n";
const WORK: &str = "
name: work
inputs: { code: { type: integer, default: 0 } }
steps:
  - { id: tries, shell: 'exit $((2 - WFMCP_ATTEMPT))', retry: { attempts: 2, delay: 1ms } }
  - { id: each, foreach: [1, 2, 3], shell: 'true' }
  - { id: never, when: 'false', shell: 'true' }
  - { id: end, shell: 'exit {{ inputs.code }}' }
";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("ask.yaml", ASK);
    sandbox.file("work.yaml", WORK);
    sandbox
}

fn metrics(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    sandbox.wfmcp([&["metrics", "--json"], arguments].concat()).ok().json()
}

fn runs(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"].as_array().unwrap().clone()
}

fn millis(at: &Value) -> i64 {
    at.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
fn what_happened_is_counted() {
    let sandbox = place();
    for code in ["0", "3", "0"] {
        sandbox.wfmcp(["run", "work.yaml", "--input", &format!("code={code}")]);
    }
    sandbox.wfmcp(["run", "ask.yaml", "--as", "ada"]).code(4);
    sandbox.wfmcp(["actions", "claim", "@last", "--as", "bob"]).ok();
    sandbox.wfmcp(["actions", "release", "@last", "--as", "bob"]).ok();
    sandbox.wfmcp(["submit", "@last", "--result", "far too long"]).code(3);
    sandbox.wfmcp(["submit", "@last", "--result", "yes"]).ok();
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();

    let all = metrics(&sandbox, &[]);
    let totals = &all["totals"];
    let expected = json!({ "started": 6, "children": 0, "completed": 3, "failed": 1, "cancelled": 1, "open": 1, "moved": 0 });
    assert_eq!(totals["runs"], expected);
    assert_eq!(totals["failure_rate"], 0.2);
    let expected =
        json!({ "finished": 15, "failed": 1, "skipped": 3, "cached": 0, "retries": 3, "interrupted": 0 });
    assert_eq!(totals["steps"], expected);
    let expected =
        json!({ "opened": 3, "submitted": 2, "refused": 1, "released": 1, "abandoned": 0, "lapsed": 0 });
    assert_eq!(totals["actions"], expected);
    assert_eq!(totals["abandonment_rate"], 0.5);
    assert!(totals["times"]["waiting_for_agents"].as_u64() > Some(0), "{totals}");
    let names = |by: &str, field: &str| -> Vec<String> {
        let found = metrics(&sandbox, &["--by", by]);
        let groups = found["groups"].as_array().unwrap();
        groups.iter().map(|group| group[field].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("workflow", "workflow"), ["work", "ask"]);
    let mut steps = names("step", "step");
    assert_eq!(steps[0], "each", "the items of a loop are one step, and most happened there");
    steps.sort();
    assert_eq!(steps, ["each", "end", "never", "q", "tries"]);
    assert_eq!(names("status", "status"), ["completed", "failed", "cancelled", "open"]);
    assert_eq!(names("day", "day"), [&all["to"].as_str().unwrap()[..10]]);

    let work = metrics(&sandbox, &["--workflow", "work"]);
    assert_eq!(work["totals"]["runs"]["started"], 3);
    assert_eq!(work["totals"]["actions"]["opened"], 0);
    let few = metrics(&sandbox, &["--by", "step", "--limit", "2"]);
    assert_eq!((few["groups"].as_array().unwrap().len(), &few["groups_left_out"]), (2, &json!(3)));
}

/// Held against the lists, whose times come from the same journals by another way.
#[test]
fn percentiles_are_those_of_the_runs() {
    let sandbox = place();
    for pause in ["0.05", "0", "0.12", "0.01", "0.03", "0.2"] {
        sandbox.file("p.yaml", &format!("name: p\nsteps: [{{ id: s, shell: sleep {pause} }}]\n"));
        sandbox.wfmcp(["run", "p.yaml"]).ok();
    }
    let took = |run: &Value| millis(&run["ended_at"]) - millis(&run["started_at"]);
    let mut all: Vec<i64> = runs(&sandbox).iter().map(took).collect();
    all.sort_unstable();
    let measured = &metrics(&sandbox, &[])["totals"]["run_ms"];
    assert_eq!(*measured, json!({ "count": 6, "p50": all[2], "p95": all[5], "max": all[5] }));
}

/// A run that ends exactly where a range does is not in it, and is in the one that begins there.
#[test]
fn a_range_holds_its_beginning_and_not_its_end() {
    let sandbox = place();
    sandbox.wfmcp(["run", "work.yaml"]).ok();
    let run = &runs(&sandbox)[0];
    let (start, end) = (run["started_at"].as_str().unwrap(), run["ended_at"].as_str().unwrap());
    let counted = |arguments: &[&str]| metrics(&sandbox, arguments)["totals"]["runs"].clone();
    let before = counted(&["--from", start, "--to", end]);
    assert_eq!(
        (&before["started"], &before["completed"], &before["open"]),
        (&json!(1), &json!(0), &json!(1))
    );
    let after = counted(&["--from", end]);
    assert_eq!((&after["started"], &after["completed"], &after["open"]), (&json!(0), &json!(1), &json!(0)));
    let none = counted(&["--from", "2001-01-01", "--to", start]);
    assert_eq!((&none["started"], &none["open"]), (&json!(0), &json!(0)));
    let whole = metrics(&sandbox, &["--since", "2001-01-01"]);
    assert_eq!(whole["from"], "2001-01-01T00:00:00.000Z");
    assert_eq!(whole["totals"]["runs"]["completed"], 1);
}

/// What is too large for a journal is not looked at, and need not be there.
#[test]
fn large_values_are_not_read() {
    let sandbox = place();
    sandbox.file("large.yaml", "name: large\nsteps: [{ id: s, shell: 'yes | head -c 400000' }]\n");
    sandbox.wfmcp(["run", "large.yaml"]).ok();
    std::fs::remove_dir_all(sandbox.home().join("data/projects/default/artifacts")).unwrap();
    assert_eq!(metrics(&sandbox, &[])["totals"]["steps"]["finished"], 1);
}

#[test]
fn a_child_is_a_run_of_its_own_workflow() {
    let sandbox = place();
    sandbox.file("parent.yaml", "name: parent\nsteps: [{ id: sub, workflow: { name: ./work.yaml } }]\n");
    sandbox.wfmcp(["run", "parent.yaml"]).ok();
    let all = metrics(&sandbox, &[]);
    assert_eq!(
        (&all["totals"]["runs"]["started"], &all["totals"]["runs"]["children"]),
        (&json!(2), &json!(1))
    );
    let groups = all["groups"].as_array().unwrap().iter();
    let told: Vec<(&str, i64, i64)> = groups
        .map(|group| {
            let runs = &group["measures"]["runs"];
            let count = |name: &str| runs[name].as_i64().unwrap();
            (group["workflow"].as_str().unwrap(), count("completed"), count("children"))
        })
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&("parent", 1, 0)) && told.contains(&("work", 1, 1)), "{told:?}");
}

#[test]
fn what_models_took_is_added_up() {
    let sandbox = place();
    let api = Api::start(|_, _| answer("yes"));
    sandbox.file("model.yaml", "name: m\nsteps: [{ id: s, prompt: { by: model, text: Hi. } }]\n");
    for _ in 0..2 {
        let command = sandbox.command(["run", "model.yaml"]).env("WFMCP_MODEL_URL", api.url());
        command.env("ANTHROPIC_API_KEY", "key").run().ok();
    }
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "yes", "--tokens", "100", "--cost", "0.5"]).ok();
    let agents = &metrics(&sandbox, &["--workflow", "ask"])["totals"]["usage"];
    assert_eq!(*agents, json!({ "input_tokens": 0, "output_tokens": 0, "agent_tokens": 100, "cost": 0.5 }));
    let usage = &metrics(&sandbox, &["--by", "step", "--workflow", "m"])["groups"][0]["measures"]["usage"];
    assert_eq!(*usage, json!({ "input_tokens": 24, "output_tokens": 68, "agent_tokens": 0, "cost": 0.0 }));
}

#[test]
fn projects_are_measured_apart_and_an_empty_time_is_told_kindly() {
    let sandbox = place();
    sandbox.wfmcp(["metrics"]).ok().stdout_has("no run was there").stderr_has("never had a run");
    sandbox.wfmcp(["run", "work.yaml"]).ok();
    sandbox.wfmcp(["projects", "create", "other"]).ok();
    let other = metrics(&sandbox, &["--project", "other"]);
    assert_eq!(other["totals"]["runs"]["started"], 0);
    assert_eq!(other["groups"], json!([]));
    let late = ["metrics", "--from", "2001-01-01", "--to", "2001-01-02"];
    sandbox.wfmcp(late).ok().stdout_has("2001-01-01 00:00 UTC").stderr_has("the latest was on");
    sandbox.wfmcp(["metrics", "--workflow", "wrok"]).ok().stderr_has("never had a run of `wrok`");
    sandbox.wfmcp([&late[..], &["--plot"]].concat()).ok().stdout_has("nothing to draw");
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    let sandbox = place();
    sandbox.wfmcp(["metrics", "--since", "yesterday"]).code(3).stderr_has("2026-11-28");
    sandbox.wfmcp(["metrics", "--from", "2026-13-01"]).code(3).stderr_has("is no time");
    sandbox.wfmcp(["metrics", "--from", "2026-02-02", "--to", "2026-02-01"]).code(3).stderr_has("later than");
    sandbox.wfmcp(["metrics", "--since", "1d", "--from", "2026-02-01"]).code(2);
    sandbox.wfmcp(["metrics", "--by", "colour"]).code(2).stderr_has("workflow, step, day, status");
    sandbox.wfmcp(["metrics", "--since", "99999999999999999d"]).code(3);
    let mut server = Server::session(&sandbox, &["--toolsets", "monitoring"]);
    let both = server.fails("get_workflow_metrics", json!({ "since": "1d", "from": "2026-02-01" }));
    assert!(both.to_string().contains("give one of them"), "{both}");
    let told = server.call("get_workflow_metrics", json!({ "time_range": "24h", "by": "day" }));
    assert_eq!(told["by"], "day");
    server.close().ok();
}

#[test]
fn it_is_drawn_as_the_place_allows() {
    let sandbox = place();
    sandbox.wfmcp(["run", "work.yaml"]).ok();
    sandbox.wfmcp(["run", "work.yaml", "--input", "code=3"]).code(1);
    let drawn = sandbox.wfmcp(["metrics", "--plot"]).ok().stdout_has("█ completed").stdout_has("▒ failed");
    assert!(!drawn.stdout.contains('\u{1b}'), "no colours where nobody sees them: {drawn}");
    let plain = sandbox.command(["metrics", "--plot"]).env("LC_ALL", "C").run().ok();
    assert!(plain.stdout.is_ascii(), "{plain}");
    let seen = sandbox.command(["metrics", "--plot"]).terminal().wait();
    assert!(seen.stdout.lines().all(|line| line.chars().count() <= 100), "{seen}");
    // What programs get is the same with and without.
    let numbers = sandbox.wfmcp(["metrics", "--plot", "--json"]).ok().json();
    assert_eq!(numbers["timeline"]["buckets"][0]["failed"], 1);
}
