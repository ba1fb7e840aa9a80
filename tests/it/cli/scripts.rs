//! What a script may rely on: exit codes, JSON and nothing else on standard output, and a run that is done half by a
//! script and half by others.

use crate::harness::Sandbox;
use serde_json::{Value, json};

const RELEASE: &str = r#"
name: release
version: 1.2.0
inputs:
  version: { type: string, pattern: '^\d+\.\d+\.\d+$' }
  count: { type: integer, default: 2 }
  targets: { type: array, items: { type: string }, default: [staging] }
steps:
  - id: changes
    shell: echo changes of {{ inputs.version }}
  - id: notes
    prompt: "Write notes from: {{ steps.changes.result }}"
    result:
      type: object
      required: [title]
      properties: { title: { type: string, maxLength: 20 }, stars: { type: integer } }
  - id: approve
    wait: { for: approval, ask: 'Publish "{{ steps.notes.result.title }}"?', timeout: 2d }
  - id: publish
    foreach: inputs.targets
    shell: echo published {{ item }} {{ steps.notes.result.title }}
outputs:
  title: "{{ steps.notes.result.title }}"
  targets: "{{ inputs.targets }}"
  count: "{{ inputs.count }}"
"#;

fn release() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("release.yaml", RELEASE);
    sandbox
}

#[test]
fn a_job_starts_submits_and_ends_with_zero() {
    let sandbox = release();
    let script = r#"
        set +e
        wfmcp run release.yaml --input version=1.2.3 --json > action.json; echo "run $?"
        action=$(sed -n 's/.*"action_id": "\([^"]*\)".*/\1/p' action.json | head -n 1)
        echo '{"title": "Better"}' > notes.json
        wfmcp submit "$action" --result @notes.json --json > approval.json; echo "submit $?"
        wfmcp submit @last --approve --as reviewer --reason fine --json > end.json; echo "approve $?"
    "#;
    assert_eq!(sandbox.sh(script).ok().stdout, "run 4\nsubmit 4\napprove 0\n");
    let first: Value = serde_json::from_str(&sandbox.read("action.json")).unwrap();
    assert_eq!(first["status"], "pending_action");
    assert_eq!(first["action"]["action_type"], "prompt");
    assert_eq!(first["action"]["instructions"], "Write notes from: changes of 1.2.3");
    assert_eq!(first["completed_steps"], json!(["changes"]));
    assert!(first["next"].as_str().unwrap().starts_with("wfmcp submit "));
    let end: Value = serde_json::from_str(&sandbox.read("end.json")).unwrap();
    assert_eq!(end["status"], "completed");
    assert_eq!(end["result"], json!({ "title": "Better", "targets": ["staging"], "count": 2 }));
}

#[test]
fn a_report_has_the_documented_fields() {
    let sandbox = release();
    let report = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "--json"]).code(4).json();
    for field in [
        "run_id",
        "workflow",
        "version",
        "status",
        "action",
        "actions",
        "current_step",
        "completed_steps",
        "failed_steps",
        "state",
        "result",
        "error",
        "started_at",
        "ended_at",
        "next",
    ] {
        assert!(report.get(field).is_some(), "the report has no `{field}`");
    }
    for field in [
        "action_id",
        "run_id",
        "step_id",
        "action_type",
        "title",
        "instructions",
        "parameters",
        "result_schema",
        "example",
        "attempt",
        "created_at",
        "deadline",
        "lease",
    ] {
        assert!(report["action"].get(field).is_some(), "the action has no `{field}`");
    }
    assert_eq!(report["actions"], json!([report["action"]]));
}

#[test]
fn inputs_are_typed_as_they_are_declared() {
    let sandbox = release();
    sandbox.file("inputs.json", r#"{"version": "0.0.1", "count": 7}"#);
    sandbox.file("version.txt", "3.2.1");
    let told = |arguments: &[&str]| {
        let run = [&["run", "release.yaml", "--json"], arguments].concat();
        let run = sandbox.wfmcp(run).code(4).json()["run_id"].as_str().unwrap().to_owned();
        sandbox.wfmcp(["submit", &run, "--result", r#"{"title": "t"}"#]).code(4);
        let end = sandbox.wfmcp(["submit", &run, "--approve", "--as", "boss", "--json"]).ok().json();
        (end["result"]["count"].clone(), end["result"]["targets"].clone())
    };
    assert_eq!(told(&["-i", "version=@version.txt", "-i", "count=9"]), (json!(9), json!(["staging"])));
    assert_eq!(
        told(&["--inputs", "inputs.json", "-i", "targets=a", "-i", "targets=b"]),
        (json!(7), json!(["a", "b"]))
    );
    assert_eq!(told(&["-i", "version=1.1.1", "-i", "targets=one"]), (json!(2), json!(["one"])));
    assert_eq!(told(&["-i", "version=1.1.1", "-i", r#"targets:=["x"]"#]), (json!(2), json!(["x"])));
}

#[test]
fn half_is_done_here_and_half_there() {
    let sandbox = release();
    let run = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "--json"]).code(4).json();
    let run = run["run_id"].as_str().unwrap();
    let inbox = sandbox.wfmcp(["inbox", "--json"]).ok().json();
    assert_eq!(inbox["items"][0]["run_id"], run);
    let claimed = sandbox.wfmcp(["actions", "claim", "--as", "agent", "--json"]).ok().json();
    let action = claimed["action_id"].as_str().unwrap();
    assert_eq!(claimed["lease"]["holder"], "agent");
    let held = sandbox.wfmcp(["actions", "claim", action, "--as", "other", "--json"]).code(6).json();
    assert_eq!(held["error"]["kind"], "held");
    sandbox.wfmcp(["actions", "heartbeat", action, "--note", "half done", "--as", "agent"]).ok();
    sandbox.wfmcp(["actions", "release", action, "--as", "agent"]).ok();
    let again = sandbox.wfmcp(["actions", "claim", "--as", "other", "--json"]).ok().json();
    assert_eq!(again["note"], "half done");
    let fenced =
        sandbox.wfmcp(["submit", action, "--result", r#"{"title": "late"}"#, "--as", "agent", "--json"]);
    assert_eq!(fenced.code(6).json()["error"]["kind"], "superseded");
    let id = again["action_id"].as_str().unwrap();
    sandbox.wfmcp(["submit", id, "--result", r#"{"title": "ok"}"#, "--as", "other"]).code(4);
    sandbox.wfmcp(["submit", run, "--approve", "--as", "boss"]).ok();
    sandbox.wfmcp(["status", run]).ok().stdout_has("completed");
}

#[test]
fn a_refused_result_tells_everything_at_once() {
    let sandbox = release();
    sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    let result = r#"{"title": "far too long for a title", "stars": "many"}"#;
    let refused = sandbox.wfmcp(["submit", "@last", "--result", result, "--json"]).code(3).json();
    let pointers: Vec<&str> = refused["error"]["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers.len(), 2, "{refused}");
    assert!(pointers.contains(&"/title") && pointers.contains(&"/stars"));
    assert!(refused["error"]["hints"][1].as_str().unwrap().contains("would be accepted"));
}

#[test]
fn the_same_submit_twice_answers_the_same() {
    let sandbox = release();
    let action = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "--json"]).code(4).json();
    let action = action["action"]["action_id"].as_str().unwrap();
    let submit =
        |title: &str| sandbox.wfmcp(["submit", action, "--result", &format!(r#"{{"title": "{title}"}}"#)]);
    submit("one").code(4);
    submit("one").code(4).stderr_has("accepted before");
    submit("two").code(6).stderr_has("was settled");
}

#[test]
fn an_approval_needs_somebody_else() {
    let sandbox = release();
    sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", r#"{"title": "t"}"#]).code(4);
    sandbox.wfmcp(["submit", "@last", "--approve"]).code(8).stderr_has("approvals.self_approval");
    sandbox.wfmcp(["config", "set", "approvals.self_approval", "true", "--here"]).ok();
    sandbox.wfmcp(["submit", "@last", "--approve"]).ok();
}

#[test]
fn a_rejection_fails_the_run_and_says_why() {
    let sandbox = release();
    sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", r#"{"title": "t"}"#]).code(4);
    let end = sandbox
        .wfmcp(["submit", "@last", "--reject", "--reason", "not now", "--as", "boss", "--json"])
        .code(1);
    assert!(end.json()["error"]["message"].as_str().unwrap().contains("not now"));
}

#[test]
fn a_failed_step_gets_another_chance() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "try.yaml",
        "name: try\nsteps:\n  - id: first\n    shell: echo x >> count\n  - id: look\n    shell: cat there\n",
    );
    let failed = sandbox.wfmcp(["run", "try.yaml", "--json"]).code(1).json();
    assert_eq!(failed["error"]["step"], "look");
    assert!(failed["error"]["message"].as_str().unwrap().contains("there"), "the end of stderr is told");
    sandbox.wfmcp(["status", "@last"]).code(1);
    sandbox.file("there", "now");
    sandbox.wfmcp(["runs", "retry", "@last"]).ok();
    assert_eq!(sandbox.read("count"), "x\n", "what succeeded stays done");
}

#[test]
fn a_cancelled_run_says_so() {
    let sandbox = release();
    sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    sandbox.wfmcp(["runs", "cancel", "@last", "--reason", "wrong branch"]).ok();
    sandbox.wfmcp(["status", "@last"]).code(7);
    sandbox.wfmcp(["submit", "@last", "--result", "x"]).code(6);
    sandbox.wfmcp(["runs", "log", "@last"]).ok().stdout_has("wrong branch");
}

#[test]
fn only_the_answer_is_on_standard_output() {
    let sandbox = release();
    let run = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "--json"]).code(4);
    run.json();
    assert_eq!(run.stderr, "");
    let people = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    assert!(
        people.stderr.contains("changes")
            && !people.stdout.contains('\u{1b}')
            && !people.stderr.contains('\u{1b}')
    );
    assert_eq!(sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "-q"]).code(4).stderr, "");
    let lines = sandbox.wfmcp(["runs", "list", "--jsonl"]).ok().stdout;
    let values: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(values.len(), 3);
    sandbox.wfmcp(["runs", "list", "-o", "yaml"]).ok().stdout_has("items:\n  - run_id: r-");
}

#[test]
fn events_arrive_line_by_line_before_the_report() {
    let sandbox = release();
    let told = sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0", "--jsonl"]).code(4).stdout;
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (report, events) = lines.split_last().unwrap();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["started", "attempted", "finished", "opened"]);
    assert!(events.iter().all(|event| event["run_id"] == report["run_id"]));
    assert_eq!(report["status"], "pending_action");
}

#[test]
fn lists_come_in_pages() {
    let sandbox = release();
    for _ in 0..3 {
        sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    }
    let first = sandbox.wfmcp(["runs", "list", "--limit", "2", "--json"]).ok().json();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["has_more"]), (2, &json!(true)));
    let cursor = first["cursor"].as_str().unwrap();
    let second = sandbox.wfmcp(["runs", "list", "--limit", "2", "--cursor", cursor, "--json"]).ok().json();
    assert_eq!((second["items"].as_array().unwrap().len(), &second["has_more"]), (1, &json!(false)));
    let inbox = sandbox.wfmcp(["inbox", "--limit", "2", "--json"]).ok().json();
    let cursor = inbox["cursor"].as_str().unwrap();
    let rest = sandbox.wfmcp(["inbox", "--cursor", cursor, "--json"]).ok().json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
}

#[test]
fn every_option_has_a_variable() {
    let sandbox = release();
    let run = sandbox.command(["run", "release.yaml"]).env("WFMCP_RUN_INPUT", "version=1.0.0");
    let report = run.env("WFMCP_OUTPUT", "json").env("WFMCP_AS", "ci").run().code(4).json();
    let run = report["run_id"].as_str().unwrap();
    let detail = sandbox.wfmcp(["runs", "show", run, "--json"]).ok().json();
    assert_eq!(detail["started_by"], "ci");
    let failed = sandbox.command(["status", "nothing"]).env("WFMCP_JSON", "true").run().code(5).json();
    assert_eq!(failed["error"]["kind"], "not_found");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = release();
    sandbox.wfmcp(["run", "release.yaml", "-i", "version=1.0.0"]).code(4);
    let run = sandbox.sh("{ wfmcp validate --schema workflow; echo \"code $?\" >&2; } | head -n 1").ok();
    assert_eq!(run.stderr, "code 0\n");
}
