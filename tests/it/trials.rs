//! `wfmcp test` from the outside: what people, CI systems and agents get of it.

use super::harness::{Sandbox, Server, wait_until};
use serde_json::json;

const GREET: &str = "
name: greet
inputs: { who: { type: string } }
steps:
  - { id: look, shell: 'id -un' }
  - { id: say, prompt: 'Greet {{ inputs.who }}', result: { type: string, minLength: 3 } }
outputs: { said: '{{ steps.say.result }}' }
";

const GOOD: &str = "
kind: test
name: greetings
workflow: ../greet.yaml
cases:
  - name: somebody is greeted
    inputs: { who: Ada }
    answers: { look: { stdout: me }, say: { result: Hello, after: 3d } }
    expect: { status: completed, outputs: { said: Hello } }
";

const BAD: &str = "
kind: test
workflow: ../greet.yaml
cases:
  - name: 'nobody is <greeted> & all # is \"well\"'
    inputs: { who: Ada }
    answers: { look: { stdout: me }, say: { result: Hello } }
    expect: { status: failed }
  - name: somebody is greeted again
    inputs: { who: Ada }
    answers: { look: { stdout: me }, say: { result: Hello } }
    expect: { status: completed }
";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.sh("mkdir tests").ok();
    sandbox.file("greet.yaml", GREET);
    sandbox.file("tests/good.yaml", GOOD);
    sandbox.file("tests/bad.yaml", BAD);
    sandbox
}

#[test]
fn tests_are_found_and_what_differs_is_shown() {
    let sandbox = place();
    let all = sandbox.wfmcp(["test"]).code(1);
    all.stdout_has("tests/good.yaml  greetings")
        .stdout_has("✓ somebody is greeted  3d of its time")
        .stdout_has("line 5")
        .stdout_has("expected failed")
        .stdout_has("got      completed")
        .stdout_has("say: accepted")
        .stdout_has("✗ 1 of 3 cases failed");
    sandbox.wfmcp(["test", "tests/good.yaml", "--chaos"]).ok().stdout_has("4 kills");
    let ends_early = GOOD.replace("../", "").replace("{ stdout: me }", "{ exit_code: 1 }");
    sandbox.file(
        "early.yaml",
        &ends_early.replace("status: completed, outputs: { said: Hello }", "status: failed"),
    );
    sandbox.wfmcp(["test", "early.yaml"]).ok().stdout_has("never asked: `say`");
    sandbox.sh("rm early.yaml").ok();
    sandbox.wfmcp(["test", "--case", "somebody"]).ok().stdout_has("✓ 2 cases passed");
    sandbox.wfmcp(["test", "--case", "nowhere"]).code(3).stderr_has("no case has \"nowhere\" in its name");
    sandbox.wfmcp(["test", "greet.yaml"]).code(3).stderr_has("greet.yaml is a workflow, no test");
    sandbox.wfmcp(["test", "gone.yaml"]).code(5);
    let report = sandbox.wfmcp(["test", "--json"]).code(1).json();
    assert_eq!(report["failed"], 1);
    assert_eq!(report["tests"][1]["coverage"]["steps_done"], 2);
    sandbox.wfmcp(["runs", "list"]).ok().stdout_has("no runs");
    sandbox.sh("mkdir workflows; mv greet.yaml tests/good.yaml workflows/").ok();
    let listed = sandbox.wfmcp(["workflows", "list", "--json"]).ok().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "a test is no workflow: {listed}");
}

#[test]
fn a_test_with_errors_is_told_and_the_others_are_carried_out() {
    let sandbox = place();
    sandbox.file("tests/bad.yaml", &GOOD.replace("look:", "lok:").replace("who: Ada", "whom: Ada"));
    let told = sandbox.wfmcp(["test"]).code(3);
    told.stdout_has("did you mean `look`?")
        .stdout_has("no input `whom`")
        .stdout_has("1 case passed, 1 document with errors");
    let report = sandbox.wfmcp(["test", "--junit", "report.xml"]).code(3);
    report.stdout_has("1 case passed");
    assert!(sandbox.read("report.xml").contains("errors=\"1\""));
}

#[test]
fn ci_systems_get_what_they_read() {
    let sandbox = place();
    sandbox.wfmcp(["test", "--junit", "report.xml"]).code(1);
    let xml = sandbox.read("report.xml");
    for part in [
        "<testsuites name=\"wfmcp\" tests=\"3\" failures=\"1\" errors=\"0\">",
        "name=\"nobody is &lt;greeted&gt; &amp; all # is &quot;well&quot;\" classname=\"../greet.yaml\" file=\"tests/bad.yaml\" line=\"5\"",
        "<failure message=\"status: expected failed, got completed\">",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    let tap = sandbox.wfmcp(["test", "--tap"]).code(1);
    tap.stdout_has("TAP version 14\n1..3\nnot ok 1 - tests/bad.yaml: nobody is <greeted> & all \\# is")
        .stdout_has("  message: \"status: expected failed, got completed\"")
        .stdout_has("ok 3 - tests/good.yaml: somebody is greeted");
}

#[test]
fn an_agent_tests_what_it_wrote() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &["--toolsets", "authoring,preparation"]);
    server.call("create_workflow", json!({ "definition": GREET }));
    let test = GOOD.replace("../greet.yaml", "greet");
    let report = server.call("test_workflow", json!({ "text": test, "chaos": true }));
    assert_eq!((&report["passed"], &report["cases"]), (&json!(true), &json!(1)));
    let report =
        server.call("test_workflow", json!({ "definition": test.replace("said: Hello", "said: Bye") }));
    assert_eq!(report["tests"][0]["cases"][0]["differences"][0]["what"], "outputs.said");
    server.call("test_workflow", json!({ "text": GOOD })).as_object().unwrap();
}

#[test]
fn the_shipped_tests_pass_whenever_the_process_is_killed() {
    let sandbox = Sandbox::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows");
    let report = sandbox.wfmcp(["test", shipped, "--chaos", "--json"]).ok().json();
    let tests = report["tests"].as_array().unwrap();
    assert!(tests.iter().all(|test| test["cases"].as_array().unwrap().iter().all(|case| case["kills"] != 0)));
    let patterns: Vec<&str> =
        tests.iter().filter_map(|test| test["workflow"].as_str()?.strip_prefix("../../patterns/")).collect();
    let shipped = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/workflows/patterns")).unwrap();
    assert_eq!(patterns.len(), shipped.count(), "each pattern has a test: {patterns:?}");
}

#[test]
fn a_run_becomes_a_test_that_it_passes() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "real.yaml",
        "
name: real
inputs: { who: { type: string } }
checks: { short: { shell: test -f fine } }
steps:
  - id: flaky
    shell: if [ -f once ]; then echo two; else touch once; echo bad >&2; exit 3; fi
    retry: { attempts: 3, delay: 10ms }
  - { id: each, foreach: [a, b], shell: 'echo {{ item }}' }
  - { id: same, foreach: [a, b], shell: echo }
  - { id: write, prompt: Write, result: { type: object, required: [t] }, validation: short }
  - { id: approve, wait: { for: approval, ask: Fine?, timeout: 1d } }
  - { id: nap, wait: 1s }
outputs: { each: '{{ steps.each.result }}', t: '{{ steps.write.result.t }}' }
",
    );
    sandbox.wfmcp(["run", "real.yaml", "--input", "who=ada", "--no-input"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "{}"]).code(3);
    sandbox.wfmcp(["submit", "@last", "--result", r#"{"t": 1}"#]).code(3);
    sandbox.file("fine", "");
    sandbox.wfmcp(["submit", "@last", "--result", r#"{"t": 1}"#]).code(4);
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "grace"]).ok();
    sandbox.wfmcp(["run", "real.yaml", "--input", "who=ada", "--no-input"]).code(4);
    sandbox.wfmcp(["test", "--record", "@last"]).code(6).stderr_has("has not ended");
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    let done = sandbox.wfmcp(["runs", "list", "--status", "completed", "--json"]).ok().json();
    let done = done["items"][0]["run_id"].as_str().unwrap().to_owned();
    let recorded = sandbox.wfmcp(["test", "--record", &done]).ok().stdout;
    for part in ["who: ada", "each[1]", "same:\n", "by: grace", "runs: 2", "short:"] {
        assert!(recorded.contains(part), "{part} is not in\n{recorded}");
    }
    sandbox.file("real.test.yaml", &recorded.replace("workflow: real", "workflow: ./real.yaml"));
    sandbox.wfmcp(["test", "--chaos"]).ok().stdout_has("steps 6/6");
    assert_eq!(sandbox.wfmcp(["runs", "record", &done, "--json"]).ok().json()["text"], recorded);
}

#[test]
fn what_can_be_no_test_of_anything_is_told() {
    let sandbox = place();
    let said = |name: &str, text: &str| {
        sandbox.file(name, text);
        let run = sandbox.wfmcp(["test", name]).code(3);
        format!("{}{}", run.stdout, run.stderr)
    };
    let itself =
        said("a.yaml", "kind: test\nworkflow: a.yaml\ncases: [{ name: a, expect: { status: failed } }]\n");
    assert!(itself.contains("can't be tested: it is a test"), "{itself}");
    let none = said("b.yaml", "kind: test\nworkflow: greet.yaml\ncases: []\n");
    assert!(none.contains("There are no cases."), "{none}");
    sandbox.file("broken.yaml", "name: b\nsteps: [{ shell: 'echo {{ env.X }}' }]\n");
    let broken = said(
        "c.yaml",
        "kind: test\nworkflow: broken.yaml\ncases: [{ name: c, expect: { status: failed } }]\n",
    );
    assert!(broken.contains("broken.yaml:2") && broken.contains("WF052"), "{broken}");
    sandbox.file("misspelt.test.yaml", "kind: tset\nworkflow: greet.yaml\ncases: []\n");
    sandbox
        .wfmcp(["test", "."])
        .code(1)
        .stdout_has("did you mean `test`?")
        .stdout_has("documents with errors");
}

#[test]
fn what_an_ended_process_left_is_taken_away_by_the_next() {
    let sandbox = Sandbox::new();
    sandbox.file("real.yaml", "name: real\nsteps: [{ id: s, shell: 'touch $OUT; sleep 600', env: { OUT: '{{ inputs.out }}' } }]\ninputs: { out: { type: string } }\n");
    let out = sandbox.path("reached");
    let test = |step: &str| {
        format!(
            "kind: test\nworkflow: real.yaml\ncases: [{{ name: it, inputs: {{ out: '{}' }}, answers: {{ s: {step} }}, expect: {{ status: completed }} }}]\n",
            out.display()
        )
    };
    sandbox.file("real.test.yaml", &test("run"));
    let temporary = sandbox.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let left = || std::fs::read_dir(sandbox.path("tmp")).unwrap().count();
    let mut run = sandbox.command(["test"]).env("TMPDIR", temporary.display().to_string()).spawn();
    wait_until(|| out.exists());
    run.kill();
    assert_eq!(left(), 1);
    sandbox.file(
        "real.yaml",
        "name: real\nsteps: [{ id: s, shell: 'true' }]\ninputs: { out: { type: string } }\n",
    );
    sandbox.command(["test"]).env("TMPDIR", temporary.display().to_string()).run().ok();
    assert_eq!(left(), 0);
}
