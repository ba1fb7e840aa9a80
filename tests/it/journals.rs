//! Journals of every released format, recorded once and replayed for ever: each still makes the run it made then.
//!
//! `tests/journals/vN/NAME.jsonl` is a journal of format N, `NAME.plan.json` the plan it is about and
//! `NAME.report.json` what the run came to. They are never edited. When the format changes, `UPDATE=1 cargo test` records
//! the scenarios beside them.

use super::harness::Sandbox;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wfmcp::engine::event::{Event, Recorded};
use wfmcp::engine::run::Run;
use wfmcp::language::plan::Plan;
use wfmcp::store::format;
use wfmcp::store::journal::{Journal, RunFilter};
use wfmcp::store::sqlite::Home;

#[test]
fn every_journal_replays_to_what_it_came_to() {
    let mut count = 0;
    for version in std::fs::read_dir(folder()).unwrap() {
        for entry in std::fs::read_dir(version.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                replay(&path);
                count += 1;
            }
        }
    }
    assert!(count >= SCENARIOS.len(), "{count} journals");
}

fn replay(path: &Path) {
    let name = path.display();
    let plan: Plan =
        serde_json::from_str(&std::fs::read_to_string(path.with_extension("plan.json")).unwrap())
            .unwrap_or_else(|error| panic!("{name}: its plan is not understood: {error}"));
    let mut run = Run::new(&Arc::new(plan));
    let mut at = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        at = line["at"].as_i64().unwrap();
        let event: Event = serde_json::from_value(line["event"].clone())
            .unwrap_or_else(|error| panic!("{name}: event {} is not understood: {error}", line["seq"]));
        run.apply(&Recorded { seq: line["seq"].as_u64().unwrap(), at, event })
            .unwrap_or_else(|mismatch| panic!("{name}: {mismatch}"));
    }
    let then: Value =
        serde_json::from_str(&std::fs::read_to_string(path.with_extension("report.json")).unwrap()).unwrap();
    // A later version may say more, never something else.
    let now = report(&run, at);
    for (key, value) in then.as_object().unwrap() {
        assert_eq!(&now[key], value, "{name}: {key}");
    }
    assert!(run.poll(at).is_none(), "{name}: nothing is left to decide");
}

fn report(run: &Run, at: i64) -> Value {
    let mut report = serde_json::to_value(run.report(at)).unwrap();
    report["trail"] = json!(run.trail());
    report
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals")
}

/// A name, a workflow, and what is done with it.
const SCENARIOS: [(&str, &str, &str); 6] = [
    (
        "release",
        r#"
name: release
version: 1.0.0
inputs: { targets: { type: array, items: { type: string }, default: [staging, production] } }
state: { published: 0 }
steps:
  - id: changes
    shell: printf 'one\ntwo\n'
    parse: lines
  - id: notes
    prompt: "Write notes for {{ steps.changes.result }}"
    result: { type: object, required: [title], properties: { title: { type: string, maxLength: 20 } } }
  - id: approve
    wait: { for: approval, ask: "Publish {{ steps.notes.result.title }}?", timeout: 2d }
  - id: publish
    foreach: inputs.targets
    parallel: 2
    shell: echo {{ item }} {{ steps.notes.result.title }}
  - id: count
    set: { published: "{{ inputs.targets | length }}" }
  - id: rest
    wait: 20ms
outputs: { title: "{{ steps.notes.result.title }}", published: "{{ state.published }}" }
"#,
        r#"
wfmcp run w.yaml --as ada || true
action=$(wfmcp inbox --json | grep -o '"action_id": "[^"]*' | head -1 | cut -d'"' -f4)
wfmcp actions claim "$action" --as agent
wfmcp submit @last --as agent --result '{"title": "far too long for a title"}' || true
wfmcp submit @last --as agent --result '{"title": "spring"}' || true
wfmcp submit @last --as grace --approve --reason "looks good"
"#,
    ),
    (
        "failure",
        r#"
name: failure
steps:
  - id: done
    shell: echo done
    undo: { shell: echo undone }
  - id: tries
    shell: echo trying; echo why >&2; exit "$WFMCP_ATTEMPT"
    retry: { attempts: 3, delay: 5ms, backoff: 2 }
  - id: never
    shell: "true"
on_failure: [{ id: mourn, shell: echo mourn }]
finally: [{ id: clean, shell: echo clean }]
"#,
        "wfmcp run w.yaml || true",
    ),
    (
        "cancelled",
        r#"
name: cancelled
steps:
  - id: first
    shell: echo first
    undo: { shell: echo undo first }
  - id: each
    foreach: "[1, 2]"
    shell: echo {{ item }}
    undo: { shell: "echo undo {{ item }}" }
  - id: ask
    wait: { for: input, ask: How many?, timeout: 1h }
    result: { type: integer }
finally: [{ id: clean, shell: echo clean }]
"#,
        "wfmcp run w.yaml || true; wfmcp runs cancel @last --reason enough || true",
    ),
    (
        "loops",
        r#"
name: loops
state: { count: 0 }
steps:
  - id: group
    foreach: "['a', 'b']"
    steps:
      - id: greet
        shell: echo hello {{ item }}
      - id: odd
        when: index == 1
        shell: echo odd
  - id: again
    repeat: { until: "state.count >= 2", max: 5, every: 5ms }
    steps:
      - id: more
        set: { count: "{{ state.count + 1 }}" }
  - id: flaky
    shell: exit 7
    on_error: continue
outputs: { greetings: "{{ steps.group.result }}", count: "{{ state.count }}", code: "{{ steps.flaky.exit_code }}" }
"#,
        "wfmcp run w.yaml",
    ),
    (
        "interrupted",
        r#"
name: interrupted
steps:
  - id: again
    shell: "[ -e fixed ] || kill -9 $PPID; echo fine"
    on_interrupt: rerun
  - id: ask
    shell: "[ -e fixed2 ] || { touch fixed2; kill -9 $PPID; }; echo asked"
  - id: last
    prompt: Anything else?
outputs: { asked: "{{ steps.ask.status }}" }
"#,
        r#"
wfmcp run w.yaml || true
touch fixed
wfmcp status @last --wait 30s || true
wfmcp submit @last --as ada --result '{"decision": "ran"}' || true
wfmcp runs pause @last
wfmcp runs resume @last || true
wfmcp submit @last --as agent --result '"no"'
"#,
    ),
    (
        "retried",
        r#"
name: retried
checks: { proof: { shell: test -e proof } }
steps:
  - id: before
    shell: echo before
  - id: fragile
    shell: test -e fixed
  - id: proved
    prompt: Make the file.
    result: { type: string }
    validation: proof
outputs: { proved: "{{ steps.proved.result }}" }
"#,
        r#"
wfmcp run w.yaml || true
touch fixed
wfmcp runs retry @last || true
wfmcp submit @last --as agent --result '"done"' || true
touch proof
wfmcp submit @last --as agent --result '"done now"'
"#,
    ),
];

#[test]
fn the_present_format_is_recorded() {
    let to = folder().join(format!("v{}", format::VERSION));
    if to.exists() {
        return;
    }
    assert!(std::env::var_os("UPDATE").is_some(), "{} is missing: run `UPDATE=1 cargo test`", to.display());
    std::fs::create_dir_all(&to).unwrap();
    for (name, workflow, script) in SCENARIOS {
        let sandbox = Sandbox::new();
        sandbox.file("w.yaml", workflow);
        sandbox.sh(script).ok();
        record(&sandbox, &to.join(name));
    }
}

fn record(sandbox: &Sandbox, to: &Path) {
    let journal = Home::open(&sandbox.home().join("data")).unwrap().project("default").unwrap();
    let rows = journal.runs(&RunFilter::default()).unwrap();
    let [row] = rows.as_slice() else { panic!("one run is recorded") };
    let events = journal.read(&row.run, 0).unwrap();
    let Some(Event::Started(started)) = events.first().map(|recorded| &recorded.event) else {
        panic!("it starts with its start")
    };
    let plan: Plan = serde_json::from_str(&journal.plan(&started.plan).unwrap()).unwrap();
    let plan = Arc::new(plan);
    let mut run = Run::new(&plan);
    let mut lines = String::new();
    for recorded in &events {
        run.apply(recorded).unwrap();
        let Recorded { seq, at, event } = recorded;
        lines.push_str(&json!({ "seq": seq, "at": at, "event": event }).to_string());
        lines.push('\n');
    }
    let at = events.last().unwrap().at;
    std::fs::write(to.with_extension("jsonl"), lines).unwrap();
    std::fs::write(to.with_extension("plan.json"), pretty(&serde_json::to_value(&*plan).unwrap())).unwrap();
    std::fs::write(to.with_extension("report.json"), pretty(&report(&run, at))).unwrap();
}

fn pretty(value: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).unwrap())
}
