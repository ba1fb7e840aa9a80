//! `cache`: what a step made is there for the next run, and one sees where it came from.

use crate::harness::Sandbox;
use serde_json::json;

const BUILD: &str = "
name: build
inputs: { of: { type: string, default: main } }
steps:
  - id: compile
    cache: { key: 'tree {{ inputs.of }}' }
    shell: |
      echo made >> made
      echo binary of {{ inputs.of }}
    undo: { shell: echo undone >> made }
  - id: use
    shell: echo {{ steps.compile.result }}
outputs: { used: '{{ steps.use.result }}' }
";

fn made(sandbox: &Sandbox) -> usize {
    std::fs::read_to_string(sandbox.path("made")).unwrap_or_default().lines().count()
}

#[test]
fn what_was_made_under_a_key_is_taken_and_told() {
    let sandbox = Sandbox::new();
    sandbox.file("build.yaml", BUILD);
    let first = sandbox.wfmcp(["run", "build.yaml", "--json"]).ok().json();
    assert_eq!((&first["result"]["used"], made(&sandbox)), (&json!("binary of main"), 1));
    assert_eq!(first["cached_steps"], json!(null));
    let second = sandbox.wfmcp(["run", "build.yaml", "--json"]).ok().json();
    assert_eq!((&second["result"]["used"], made(&sandbox)), (&json!("binary of main"), 1));
    assert_eq!(second["cached_steps"], json!(["compile"]));
    let log = sandbox.wfmcp(["runs", "log", "@last"]).ok().stdout;
    let maker = first["run_id"].as_str().unwrap();
    assert!(log.contains(&format!("taken from the cache: {maker} made it")), "{log}");
    assert!(sandbox.wfmcp(["status", "@last"]).ok().stdout.contains("from the cache: compile"));

    sandbox.wfmcp(["run", "build.yaml", "--input", "of=other"]).ok();
    assert_eq!(made(&sandbox), 2, "another key is made anew");
    sandbox.wfmcp(["run", "build.yaml", "--no-cache"]).ok();
    assert_eq!(made(&sandbox), 3, "nothing is taken where nothing is wanted");
    let latest = sandbox.wfmcp(["run", "build.yaml", "--json"]).ok().json();
    let log = sandbox.wfmcp(["runs", "log", latest["run_id"].as_str().unwrap()]).ok().stdout;
    assert!(!log.contains(maker), "what was made last is taken: {log}");

    sandbox.file("build.yaml", &BUILD.replace("echo binary", "echo program"));
    let edited = sandbox.wfmcp(["run", "build.yaml", "--json"]).ok().json();
    assert_eq!(edited["result"]["used"], "program of main", "an edited step is another step");
}

#[test]
fn what_failed_is_not_kept_and_what_was_taken_is_not_undone() {
    let sandbox = Sandbox::new();
    let failing = BUILD.replace("echo made >> made\n", "echo made >> made\n      test -e ready || exit 1\n");
    sandbox.file("build.yaml", &failing);
    sandbox.wfmcp(["run", "build.yaml"]).code(1);
    sandbox.file("ready", "");
    sandbox.wfmcp(["run", "build.yaml"]).ok();
    assert_eq!(made(&sandbox), 2);
    let ending = failing.replace("shell: echo {{ steps.compile.result }}", "shell: 'false'");
    sandbox.file("build.yaml", &ending.replace("outputs: { used: '{{ steps.use.result }}' }", ""));
    sandbox.wfmcp(["run", "build.yaml"]).code(1);
    assert_eq!(made(&sandbox), 2);
    sandbox.wfmcp(["runs", "cancel", "@last"]).ok();
    assert_eq!(made(&sandbox), 2, "{}", sandbox.read("made"));
}

#[test]
fn answers_and_items_are_kept_too() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "ask.yaml",
        "name: ask\nsteps:\n- id: each\n  foreach: [1, 2]\n  cache: { key: '{{ item }}' }\n  prompt: Say {{ item }}.\n  result: { type: string }\noutputs: { said: '{{ steps.each.result }}' }\n",
    );
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "one"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "two"]).ok();
    let again = sandbox.wfmcp(["run", "ask.yaml", "--json"]).ok().json();
    assert_eq!(again["result"]["said"], json!(["one", "two"]));
    assert_eq!(again["cached_steps"], json!(["each[0]", "each[1]"]));
}

/// Documents that a step uses are part of how it is made.
#[test]
fn an_edited_child_or_prompt_is_another_step() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "whole.yaml",
        "name: whole
steps:
  - id: part
    cache: { key: k }
    workflow: ./part.yaml
  - id: ask
    cache: { key: k }
    prompt: { use: ./question.yaml }
    result: { type: string }
outputs: { made: '{{ steps.part.result.made }}', said: '{{ steps.ask.result }}' }
",
    );
    let part =
        "name: part\nsteps: [{ id: make, shell: echo one }]\noutputs: { made: '{{ steps.make.result }}' }\n";
    let question = "kind: prompt\nname: question\ntext: Which?\n";
    sandbox.file("part.yaml", part);
    sandbox.file("question.yaml", question);
    sandbox.wfmcp(["run", "whole.yaml"]).code(4);
    sandbox.wfmcp(["submit", "@last", "--result", "a"]).ok();
    let taken = sandbox.wfmcp(["run", "whole.yaml", "--json"]).ok().json();
    assert_eq!(taken["cached_steps"], json!(["part", "ask"]), "{taken}");

    sandbox.file("part.yaml", &part.replace("echo one", "echo two"));
    let edited = sandbox.wfmcp(["run", "whole.yaml", "--json"]).ok().json();
    assert_eq!(edited["result"], json!({ "made": "two", "said": "a" }));
    sandbox.file("question.yaml", &question.replace("Which?", "Which one?"));
    sandbox.wfmcp(["run", "whole.yaml"]).code(4);
}
