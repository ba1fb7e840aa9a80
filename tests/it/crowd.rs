//! Two hundred processes on one store at once: they start, submit and watch, and nobody gets in another's way.

use super::harness::{Background, Run, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;

const WAITING: usize = 40;
const STARTERS: usize = 60;
const WATCHERS: usize = 60;

#[test]
fn two_hundred_processes_share_a_store() {
    let sandbox = Sandbox::new();
    let asks = r#"
name: asks
steps:
  - id: ask
    prompt: Which word?
    result: { type: string }
  - id: say
    shell: echo "$WFMCP_RUN_ID" >> said; echo {{ steps.ask.result }}
outputs: { word: "{{ steps.say.result }}" }
"#;
    let works = r#"
name: works
inputs: { number: { type: integer } }
steps:
  - id: each
    foreach: "[1, 2]"
    parallel: 2
    shell: echo "$WFMCP_RUN_ID" >> worked; echo {{ item * inputs.number }}
outputs: { products: "{{ steps.each.result }}" }
"#;
    sandbox.file("asks.yaml", asks);
    sandbox.file("works.yaml", works);
    let waiting: Vec<String> = (0..WAITING)
        .map(|_| {
            sandbox.wfmcp(["run", "asks.yaml", "--json"]).code(4).json()["run_id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();

    let spawn = |arguments: Vec<String>| sandbox.command(arguments).spawn();
    let words = |text: String| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut starters = Vec::new();
    let mut submitters = Vec::new();
    let mut watchers = Vec::new();
    for number in 0..STARTERS {
        if let Some(run) = waiting.get(number) {
            for rival in ["left", "right"] {
                let submit = format!("submit {run} --as {rival} --json --result {rival}-{run}");
                submitters.push((run, spawn(words(submit))));
            }
        }
        starters.push(spawn(words(format!("run works.yaml --json --input number={number}"))));
        if number < WATCHERS {
            watchers.push(spawn(words(format!("status {} --watch --jsonl", waiting[number % WAITING]))));
        }
    }
    assert_eq!(starters.len() + submitters.len() + watchers.len(), 200);

    let mut accepted: BTreeMap<&String, Vec<Value>> = BTreeMap::new();
    for (run, submitter) in submitters {
        let submit = quiet(submitter);
        match submit.code {
            Some(0) => accepted.entry(run).or_default().push(submit.json()["result"]["word"].clone()),
            _ => assert_eq!(submit.code, Some(6), "{submit}"),
        }
    }
    for (number, starter) in starters.into_iter().enumerate() {
        let report = quiet(starter).ok().json();
        assert_eq!(
            report["result"]["products"],
            serde_json::json!([number.to_string(), (number * 2).to_string()])
        );
    }
    for watcher in watchers {
        assert!(quiet(watcher).ok().stdout.contains("completed"));
    }
    for run in &waiting {
        let report = sandbox.wfmcp(["status", run, "--json"]).ok().json();
        assert_eq!(
            accepted[run],
            [report["result"]["word"].clone()],
            "one of two rivals wins, and its word counts"
        );
        assert_eq!(lines_of(&sandbox, "said", run), 1);
    }
    let listed = sandbox.wfmcp(["runs", "list", "--json", "--limit", "200"]).ok().json();
    let listed = listed["items"].as_array().unwrap();
    assert_eq!(listed.len(), WAITING + STARTERS);
    for row in listed {
        assert_eq!(row["status"], "completed");
        let run = row["run_id"].as_str().unwrap();
        assert!(row["workflow"] == "asks" || lines_of(&sandbox, "worked", run) == 2);
    }
}

#[track_caller]
fn quiet(process: Background) -> Run {
    let run = process.wait();
    for word in ["locked", "busy", "panicked", "a bug"] {
        assert!(!run.stderr.contains(word), "{run}");
    }
    run
}

fn lines_of(sandbox: &Sandbox, file: &str, run: &str) -> usize {
    sandbox.read(file).lines().filter(|line| *line == run).count()
}
