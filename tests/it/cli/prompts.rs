//! Prompts at a terminal: which there are, what they say, and what came of them.

use crate::harness::{Run, Sandbox};
use serde_json::{Value, json};

const GREET: &str = "\
kind: prompt
name: greet
version: 1
category: talk
tags: [hello, test]
arguments: { who: { type: string }, times: { type: integer, default: 2, maximum: 5 } }
variants:
  - { name: short, weight: 3, text: 'Hi {{ who }}, {{ times }} times.' }
  - { name: long, text: 'Good morning {{ who }}.' }
";

fn items(run: &Run) -> Vec<Value> {
    run.json()["items"].as_array().unwrap().clone()
}

fn names(run: &Run) -> Vec<String> {
    items(run).iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// `[used, good, bad]` of each variant, or of the one wording there is.
fn counts(sandbox: &Sandbox, prompt: &str) -> Value {
    let shown = sandbox.wfmcp(["prompts", "show", prompt, "--json"]).ok().json();
    let counts = shown["counts"].as_array().unwrap().iter();
    counts.map(|count| json!([count["variant"], count["used"], count["good"], count["bad"]])).collect()
}

#[test]
fn what_comes_with_it_is_listed_and_rendered() {
    let sandbox = Sandbox::new();
    let list = sandbox.wfmcp(["prompts", "list", "--json"]).ok();
    assert_eq!(names(&list), ["code_review", "debug_help", "explain_code", "next_action"]);
    let review = &items(&list)[0];
    assert_eq!((&review["origin"], &review["arguments"][0]["name"]), (&json!("built-in"), &json!("code")));
    assert_eq!(
        items(&list)[3]["arguments"].as_array().unwrap().len(),
        1,
        "what wfmcp fills in is not asked for"
    );
    assert_eq!(names(&sandbox.wfmcp(["prompts", "list", "--tag", "Review", "--json"]).ok()), ["code_review"]);
    assert_eq!(
        names(&sandbox.wfmcp(["prompts", "list", "--category", "workflows", "--json"]).ok()),
        ["next_action"]
    );
    let first = sandbox.wfmcp(["prompts", "list", "--limit", "3", "--json"]).ok().json();
    let cursor = first["cursor"].as_str().unwrap();
    assert_eq!(
        names(&sandbox.wfmcp(["prompts", "list", "--limit", "3", "--cursor", cursor, "--json"]).ok()),
        ["next_action"]
    );
    sandbox.wfmcp(["prompts", "list", "--tag", "code", "--cursor", cursor]).code(3);

    sandbox.file("main.rs", "fn main() {}\n");
    let got =
        sandbox.wfmcp(["prompts", "get", "code_review", "--arg", "code=@main.rs", "--arg", "focus=tests"]);
    got.ok().stdout_has("Look at tests first").stdout_has("<code>\nfn main() {}\n</code>");
    sandbox.wfmcp(["prompts", "show", "explain_code"]).ok().stdout_has("level").stdout_has("kind: prompt");
}

#[test]
fn everything_that_is_wrong_with_arguments_is_told_at_once() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    let wrong = sandbox
        .wfmcp(["prompts", "get", "greet", "--arg", "whom=Ada", "--arg", "times=9", "--json"])
        .code(3)
        .json();
    let pointers: Vec<&Value> =
        wrong["error"]["details"].as_array().unwrap().iter().map(|detail| &detail["pointer"]).collect();
    assert_eq!(pointers, ["/whom", "/who", "/times"]);
    assert!(wrong["error"]["hints"][0].as_str().unwrap().contains("did you mean `who`"), "{wrong}");
    sandbox
        .wfmcp(["prompts", "test", "greet", "--arg", "who=Ada", "--variant", "lnog"])
        .code(5)
        .stderr_has("`long`");
    sandbox.wfmcp(["prompts", "get", "gret"]).code(5).stderr_has("did you mean `greet`?");
    assert_eq!(counts(&sandbox, "greet"), json!([["short", 0, 0, 0], ["long", 0, 0, 0]]));
}

#[test]
fn a_use_is_counted_and_looking_is_none() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    let tested = sandbox
        .wfmcp(["prompts", "test", "greet", "--arg", "who=Ada", "--all-variants", "--json"])
        .ok()
        .json();
    let texts: Vec<&Value> =
        tested["renderings"].as_array().unwrap().iter().map(|one| &one["messages"][0]["text"]).collect();
    assert_eq!(texts, ["Hi Ada, 2 times.", "Good morning Ada."]);
    assert_eq!(counts(&sandbox, "greet"), json!([["short", 0, 0, 0], ["long", 0, 0, 0]]));

    let mut expected = [("short", [0, 0, 0]), ("long", [0, 0, 0])];
    for key in 0..12 {
        let key = format!("agent-{key}");
        let get = || {
            sandbox
                .wfmcp(["prompts", "get", "greet", "--arg", "who=Ada", "--key", &key, "--json"])
                .ok()
                .json()
        };
        let variant = get()["variant"].as_str().unwrap().to_owned();
        assert_eq!(get()["variant"], variant.as_str(), "a key keeps its variant");
        expected.iter_mut().find(|(name, _)| *name == variant).unwrap().1[0] += 2;
        if key == "agent-3" {
            let reported =
                sandbox.wfmcp(["prompts", "report", "greet", "good", "--key", &key, "--json"]).ok().json();
            assert_eq!((&reported["variant"], &reported["good"]), (&json!(variant), &json!(1)));
            expected.iter_mut().find(|(name, _)| *name == variant).unwrap().1[1] += 1;
        }
    }
    assert!(expected.iter().all(|(_, [used, ..])| *used > 0), "both are used: {expected:?}");
    sandbox
        .wfmcp([
            "prompts",
            "report",
            "greet",
            "bad",
            "--variant",
            "long",
            "--note",
            "too formal",
            "--as",
            "ada",
        ])
        .ok();
    expected[1].1[2] += 1;
    let expected = expected.map(|(name, [used, good, bad])| json!([name, used, good, bad]));
    assert_eq!(counts(&sandbox, "greet"), json!(expected));
    sandbox.wfmcp(["prompts", "show", "greet"]).ok().stdout_has("bad long: too formal");
    sandbox.wfmcp(["audit"]).ok().stdout_has("report_prompt_outcome");

    sandbox.file("prompts/greet.yaml", &GREET.replace("version: 1", "version: 2"));
    let shown = sandbox.wfmcp(["prompts", "show", "greet", "--json"]).ok().json();
    let current: Vec<&Value> =
        shown["counts"].as_array().unwrap().iter().map(|count| &count["current"]).collect();
    assert_eq!(current, [true, true, false, false], "another version is counted by itself");
}

#[test]
fn documents_of_the_project_are_found_by_the_name_they_say_and_go_over_what_is_built_in() {
    let sandbox = Sandbox::new();
    let prompt = |name: &str, text: &str| format!("kind: prompt\nname: {name}\ntext: {text}\n");
    sandbox.file("prompts/a.yaml", &prompt("one", "from prompts"));
    sandbox.file("workflows/prompts/two.yaml", &prompt("two", "from workflows/prompts"));
    sandbox.file("workflows/three.yaml", &prompt("three", "from workflows"));
    sandbox.file("elsewhere/four.yaml", &prompt("four", "from elsewhere"));
    sandbox.file("workflows/flow.yaml", "name: flow\nsteps: [{ id: a, prompt: Hi, result: {} }]\n");
    sandbox.file("prompts/broken.yaml", "kind: prompt\nname: broken\ntext: '{{ x }}'\n");
    sandbox.file(
        ".wfmcp/prompts/ours.yaml",
        "kind: prompt\nname: code_review\nextends: code_review\nblocks: { rules: Ours. }\n",
    );
    sandbox.file(".wfmcp/config.yaml", "workflow_definitions_path: elsewhere\n");
    let list = sandbox.wfmcp(["prompts", "list", "--json"]).ok();
    let expected =
        ["broken", "code_review", "debug_help", "explain_code", "four", "next_action", "one", "three", "two"];
    assert_eq!(names(&list), expected);
    assert_eq!(items(&list)[1]["origin"], ".wfmcp/prompts/ours.yaml");
    assert!(items(&list)[0]["problem"].as_str().unwrap().contains("has an error"), "{list}");
    for (name, text) in [("one", "from prompts"), ("three", "from workflows"), ("four", "from elsewhere")] {
        assert_eq!(sandbox.wfmcp(["prompts", "get", name]).ok().stdout, format!("{text}\n"));
    }
    let review = sandbox.wfmcp(["prompts", "get", "code_review", "--arg", "code=x"]).ok();
    review.stdout_has("Review this code").stdout_has("\nOurs.\n");
    sandbox.wfmcp(["prompts", "get", "broken"]).code(3).stderr_has("`x` is not defined here");
    assert_eq!(names(&sandbox.wfmcp(["workflows", "list", "--json"]).ok()), ["flow"]);
    sandbox.wfmcp(["prompts", "get", "flow"]).code(5);
    sandbox
        .wfmcp(["prompts", "get", "workflows/flow.yaml"])
        .code(3)
        .stderr_has("This is a workflow, not a prompt.");
}

#[test]
fn the_catalogue_keeps_prompts() {
    let sandbox = Sandbox::new();
    sandbox.file("mine.yaml", "kind: prompt\nname: code_review\ntext: Mine.\n");
    sandbox.wfmcp(["workflows", "create", "mine.yaml"]).code(3).stderr_has("wfmcp prompts create");
    let create =
        || sandbox.wfmcp(["prompts", "create", "mine.yaml", "--json"]).ok().json()["revision"].clone();
    assert_eq!((create(), create()), (json!(1), json!(1)), "the same text is no new revision");
    sandbox.file("mine.yaml", "kind: prompt\nname: code_review\ntext: Mine again.\n");
    assert_eq!(create(), 2);
    assert_eq!(sandbox.wfmcp(["prompts", "get", "code_review"]).ok().stdout, "Mine again.\n");
    sandbox.wfmcp(["prompts", "archive", "code_review"]).ok();
    sandbox.wfmcp(["prompts", "get", "code_review", "--arg", "code=x"]).ok().stdout_has("Review this code");
    sandbox.wfmcp(["prompts", "archive", "debug_help"]).code(5).stderr_has("only prompts of the catalogue");
    sandbox.file("wrong.yaml", "kind: prompt\nname: wrong\nextends: nobody\n");
    sandbox.wfmcp(["prompts", "create", "wrong.yaml"]).code(3).stderr_has("There is no prompt `nobody`.");
}

#[test]
fn validation_knows_what_a_prompt_inherits() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/base.yaml", "kind: prompt\nname: base\narguments: { tone: { default: calm } }\ntext: '{% block body %}{% endblock %}'\n");
    sandbox.file(
        "prompts/leaf.yaml",
        "kind: prompt\nname: leaf\nextends: base\nblocks: { body: 'Be {{ tone }}.' }\n",
    );
    sandbox.wfmcp(["validate", "prompts", "--deny", "warnings"]).ok();
    sandbox.file(
        "prompts/leaf.yaml",
        "kind: prompt\nname: leaf\nextends: base\nblocks: { body: 'Be {{ tune }}.', bdoy: x }\n",
    );
    let told = sandbox.wfmcp(["validate", "prompts/leaf.yaml"]).code(3).stdout;
    assert!(told.contains("did you mean `body`?") && told.contains("did you mean `tone`?"), "{told}");
    sandbox.wfmcp(["validate", "--explain", "WF039"]).ok().stdout_has("nobody gets");
}

#[test]
fn the_next_action_tells_what_waits_in_full() {
    let sandbox = Sandbox::new();
    let next = |arguments: &[&str]| {
        sandbox.wfmcp(["prompts", "get", "next_action"].iter().chain(arguments)).ok().stdout
    };
    assert!(next(&[]).starts_with("Nothing waits in the workflows of this project"), "{}", next(&[]));
    sandbox.file(
        "w.yaml",
        "name: w
steps:
  - { id: a, needs: [], prompt: \"Write the notes.\\nTwo lines.\", result: { type: object, required: [title], properties: { title: { type: string } } } }
  - { id: b, needs: [], delegate: { to: reviewer, task: Look at it }, result: { type: string } }
  - { id: c, needs: [], wait: { for: approval, ask: 'Sure?', timeout: 1h } }
",
    );
    let report = sandbox.wfmcp(["run", "w.yaml", "--json"]).code(4).json();
    let told = next(&[]);
    assert!(told.starts_with("3 actions wait"), "{told}");
    for action in report["actions"].as_array().unwrap() {
        let id = action["action_id"].as_str().unwrap();
        assert!(told.contains(&format!("<action id=\"{id}\"")), "{id}: {told}");
        assert!(told.contains(&format!("wfmcp submit {id} ")), "{id}: {told}");
    }
    for part in [
        "Write the notes.\nTwo lines.\n",
        "\"required\":[\"title\"]",
        "\"decision\": \"approve\"",
        "Look at it",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let role = next(&["--arg", "role=reviewer"]);
    assert!(
        role.starts_with("One action waits for the role `reviewer`") && !role.contains("Sure?"),
        "{role}"
    );
    assert!(next(&["--arg", "role=nobody"]).starts_with("Nothing waits for the role `nobody`"));
    let wrong = sandbox.wfmcp(["prompts", "get", "next_action", "--arg", "pending_count=3"]).code(3);
    wrong.stderr_has("no such argument");
}

#[test]
fn a_step_keeps_one_of_the_variants_of_its_prompt() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    let step = |at: usize| {
        format!(
            "  - {{ id: s{at}, needs: [], prompt: {{ use: greet, with: {{ who: Ada }} }}, result: {{}} }}\n"
        )
    };
    let steps: String = (0..16).map(step).collect();
    sandbox.file("w.yaml", &format!("name: w\nsteps:\n{steps}"));
    sandbox.wfmcp(["validate", "w.yaml", "--deny", "warnings"]).ok();
    let report = sandbox.wfmcp(["run", "w.yaml", "--json"]).code(4).json();
    let told = |report: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let actions = report["actions"].as_array().unwrap().iter();
        actions
            .map(|action| (text(&action["parameters"]["variant"]), text(&action["instructions"])))
            .collect()
    };
    let first = told(&report);
    for (variant, instructions) in &first {
        let expected = if variant == "short" { "Hi Ada, 2 times." } else { "Good morning Ada." };
        assert_eq!(instructions, expected);
    }
    assert!(
        ["short", "long"].iter().all(|name| first.iter().any(|(variant, _)| variant == name)),
        "{first:?}"
    );
    sandbox.file("prompts/greet.yaml", &GREET.replace("weight: 3", "weight: 0"));
    assert_eq!(
        told(&sandbox.wfmcp(["status", "@last", "--json"]).code(4).json()),
        first,
        "the plan is pinned"
    );
}

#[test]
fn arguments_of_a_step_that_do_not_fit_its_prompt_are_warned_of() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    sandbox.file(
        "w.yaml",
        "name: w\nsteps:\n  - { id: a, prompt: { use: greet, with: { whom: Ada } }, result: {} }\n",
    );
    let told = sandbox.wfmcp(["validate", "w.yaml", "--deny", "warnings"]).code(3).stdout;
    assert!(told.contains("has no argument `whom`") && told.contains("asks for `who`"), "{told}");
}

#[test]
fn a_person_is_asked_for_what_a_prompt_needs() {
    let sandbox = Sandbox::new();
    sandbox.file("prompts/greet.yaml", GREET);
    let mut person = sandbox.command(["prompts", "test", "greet", "--variant", "long"]).terminal();
    person.expect("who").line("Ada").expect("Good morning Ada.");
    person.wait().ok();
}
