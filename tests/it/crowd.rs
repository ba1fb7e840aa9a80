//! Two hundred processes on one store at once: they start, submit and watch, and nobody gets in another's way.

use super::harness::{Background, Run, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const WAITING: usize = 40;
const STARTERS: usize = 60;
const WATCHERS: usize = 60;

const ASKS: &str = r#"
name: asks
steps:
  - id: ask
    prompt: Which word?
    result: { type: string }
  - id: say
    shell: echo "$WFMCP_RUN_ID" >> said; echo {{ steps.ask.result }}
outputs: { word: "{{ steps.say.result }}" }
"#;

const WORKS: &str = r#"
name: works
inputs: { number: { type: integer } }
steps:
  - id: each
    foreach: "[1, 2]"
    parallel: 2
    shell: echo "$WFMCP_RUN_ID" >> worked; echo {{ item * inputs.number }}
outputs: { products: "{{ steps.each.result }}" }
"#;

#[test]
fn two_hundred_processes_share_a_store() {
    let sandbox = Sandbox::new();
    sandbox.file("asks.yaml", ASKS);
    sandbox.file("works.yaml", WORKS);
    let waiting: Vec<String> = (0..WAITING)
        .map(|_| {
            let report = sandbox.wfmcp(["run", "asks.yaml", "--json"]).code(4).json();
            report["run_id"].as_str().unwrap().to_owned()
        })
        .collect();
    let crowd = Crowd::gather(&sandbox, &waiting);
    starters_got_their_own_results(crowd.starters);
    let accepted = accepted(crowd.submitters);
    for watcher in crowd.watchers {
        quiet(watcher).ok().stdout_has("completed");
    }
    for run in &waiting {
        let report = sandbox.wfmcp(["status", run, "--json"]).ok().json();
        assert_eq!(accepted[run], [report["result"]["word"].clone()], "one of two rivals wins");
        assert_eq!(lines_of(&sandbox, "said", run), 1);
    }
    let listed = sandbox.wfmcp(["runs", "list", "--json", "--limit", "200"]).ok().json();
    let listed = listed["items"].as_array().unwrap();
    assert_eq!(listed.len(), WAITING + STARTERS);
    for row in listed {
        assert_eq!(row["status"], "completed");
        let run = row["run_id"].as_str().unwrap();
        assert!(row["workflow"] == "asks" || lines_of(&sandbox, "worked", run) == 2, "{row}");
    }
}

/// Nobody has made the home yet, and everybody wants to.
#[test]
fn many_start_in_an_empty_home() {
    let sandbox = Sandbox::new();
    sandbox.file("works.yaml", WORKS);
    let start = |number: usize| {
        sandbox.command(["run", "works.yaml", "--json", "--input", &format!("number={number}")]).spawn()
    };
    starters_got_their_own_results((0..20).map(start).collect());
    let projects = sandbox.wfmcp(["projects", "list", "--json"]).ok().json();
    assert_eq!(projects["items"].as_array().unwrap().len(), 1, "{projects}");
}

/// Each answers another action of the same run, at once.
#[test]
fn many_hands_work_on_one_run() {
    const HANDS: usize = 24;
    let sandbox = Sandbox::new();
    let workflow = r#"
name: hands
steps:
  - id: each
    foreach: range(24)
    parallel: 24
    steps:
      - id: ask
        prompt: Which word has number {{ item }}?
        result: { type: string }
      - id: say
        shell: echo {{ steps.ask.result }} >> said; echo {{ steps.ask.result }}
outputs: { words: "{{ steps.each.result | map(attribute='say') | list }}" }
"#;
    sandbox.file("hands.yaml", workflow);
    let report = sandbox.wfmcp(["run", "hands.yaml", "--json"]).code(4).json();
    let actions = report["actions"].as_array().unwrap();
    assert_eq!(actions.len(), HANDS);
    let hands: Vec<Background> = actions
        .iter()
        .map(|action| {
            let number = action["instructions"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
            let (id, word) =
                (action["action_id"].as_str().unwrap(), format!("w{}", number.trim_end_matches('?')));
            sandbox.command(["submit", id, "--json", "--as", &word, "--result", &word]).spawn()
        })
        .collect();
    for hand in hands {
        let submit = quiet(hand);
        assert!(matches!(submit.code, Some(0 | 4)), "{submit}");
    }
    let end = sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]).ok().json();
    let words: Vec<String> = (0..HANDS).map(|number| format!("w{number}")).collect();
    assert_eq!(end["result"]["words"], json!(words));
    assert_eq!(sandbox.read("said").lines().count(), HANDS);
}

/// Everybody, under way.
#[derive(Default)]
struct Crowd {
    starters: Vec<Background>,
    submitters: Vec<(String, Background)>,
    watchers: Vec<Background>,
}

impl Crowd {
    fn gather(sandbox: &Sandbox, waiting: &[String]) -> Self {
        let spawn = |line: String| sandbox.command(line.split(' ')).spawn();
        let mut crowd = Self::default();
        for number in 0..STARTERS.max(WATCHERS) {
            if let Some(run) = waiting.get(number) {
                for rival in ["left", "right"] {
                    let submit = format!("submit {run} --as {rival} --json --result {rival}-{run}");
                    crowd.submitters.push((run.clone(), spawn(submit)));
                }
            }
            if number < STARTERS {
                crowd.starters.push(spawn(format!("run works.yaml --json --input number={number}")));
            }
            if number < WATCHERS {
                let run = &waiting[number % waiting.len()];
                crowd.watchers.push(spawn(format!("status {run} --watch --jsonl")));
            }
        }
        assert_eq!(crowd.starters.len() + crowd.submitters.len() + crowd.watchers.len(), 200);
        crowd
    }
}

fn starters_got_their_own_results(starters: Vec<Background>) {
    for (number, starter) in starters.into_iter().enumerate() {
        let report = quiet(starter).ok().json();
        assert_eq!(report["result"]["products"], json!([number.to_string(), (number * 2).to_string()]));
    }
}

/// The word of each submission that was accepted, by run.
fn accepted(submitters: Vec<(String, Background)>) -> BTreeMap<String, Vec<Value>> {
    let mut accepted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (run, submitter) in submitters {
        let submit = quiet(submitter);
        match submit.code {
            Some(0) => accepted.entry(run).or_default().push(submit.json()["result"]["word"].clone()),
            _ => assert_eq!(submit.code, Some(6), "{submit}"),
        }
    }
    accepted
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
