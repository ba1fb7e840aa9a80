//! The prompts that come with wfmcp, and whose variant is whose.

use super::completion::named;
use super::rendering::{choose, render, variant};
use crate::language::lint::{Knowledge, inspect};
use crate::language::prompt::Prompt;
use crate::language::source::Source;
use crate::language::{NoLibrary, schema};
use crate::operations::documents;
use serde_json::{Map, Value, json};

fn prompt(text: &str) -> Prompt {
    let examined = inspect(&Source::new("test", text), &NoLibrary, &Knowledge::default());
    assert!(examined.diagnostics.is_empty(), "{:#?}", examined.diagnostics);
    examined.prompt.unwrap()
}

fn said(prompt: &Prompt, given: &Value) -> String {
    let mut arguments: Map<String, Value> = prompt.text.defaults.clone();
    arguments.extend(given.as_object().unwrap().clone());
    let messages = render(prompt, None, arguments).unwrap();
    messages.iter().map(|message| message.text.as_str()).collect()
}

type Uses = Vec<(&'static str, Value, &'static [&'static str])>;

/// What a prompt is given, and what must be in what it comes to.
fn uses() -> Uses {
    vec![
        (
            "code_review",
            json!({ "code": "let a = {{ b }};" }),
            &["Review this code", "correctness", "let a = {{ b }};"],
        ),
        (
            "code_review",
            json!({ "code": "x", "language": "Rust", "focus": "security" }),
            &["this Rust code", "Look at security first"],
        ),
        ("explain_code", json!({ "code": "x", "level": "beginner" }), &["learning to program"]),
        (
            "explain_code",
            json!({ "code": "x", "level": "expert", "language": "C" }),
            &["this C code", "invariants"],
        ),
        ("explain_code", json!({ "code": "x" }), &["programs for a living", "<code>\nx\n</code>"]),
        ("debug_help", json!({ "error": "it hangs" }), &["<error>\nit hangs\n</error>\n\nWork"]),
        (
            "debug_help",
            json!({ "error": "e", "code": "c", "context": "since noon" }),
            &["<context>\nsince noon\n</context>", "<code>\nc\n</code>"],
        ),
        ("next_action", json!({}), &["Nothing waits in the workflows"]),
        ("next_action", json!({ "role": "tester" }), &["Nothing waits for the role `tester`"]),
        (
            "next_action",
            json!({ "pending_actions": [action()], "pending_count": 1 }),
            &[
                "One action waits",
                "Write {{ the }} notes.",
                "for the role `writer`, until 2026-11-30",
                "Parameters: {\"a\":1}",
                "half done",
                "/x expected a text, got nothing",
                "submit_result {\"action\": \"k7f3-1\", \"result\"",
            ],
        ),
        (
            "next_action",
            json!({ "pending_actions": [action(), approval()], "pending_count": 5 }),
            &["5 actions wait", "Held by ada until noon", "\"decision\": \"approve\"", "3 more wait"],
        ),
    ]
}

fn action() -> Value {
    json!({
        "action_id": "k7f3-1", "run_id": "r-1", "step_id": "notes", "workflow": "release", "action_type": "prompt",
        "instructions": "Write {{ the }} notes.", "parameters": { "a": 1 }, "role": "writer", "lease": null,
        "deadline": "2026-11-30T10:00:00Z", "note": "half done", "result_schema": { "type": "string" },
        "example": "text", "problems": [{ "pointer": "/x", "expected": "a text", "got": "nothing" }],
    })
}

fn approval() -> Value {
    json!({
        "action_id": "k7f4-1", "run_id": "r-2", "step_id": "ok", "workflow": "release", "action_type": "approval",
        "instructions": "Publish?", "parameters": {}, "role": null, "lease": { "holder": "ada", "until": "noon" },
        "deadline": null, "note": null, "result_schema": null, "example": null, "problems": [],
    })
}

#[test]
fn each_built_in_prompt_is_without_findings_and_says_what_it_should() {
    let uses = uses();
    for (name, document) in documents::all_built_in("prompt") {
        let prompt = prompt(&document.text);
        assert_eq!(prompt.name, name);
        assert!(
            prompt.description.is_some() && prompt.version.is_some() && prompt.category.is_some(),
            "{name}"
        );
        for argument in &prompt.arguments {
            assert!(argument.schema.get("description").is_some(), "{name}.{}", argument.name);
            let default = argument.default_value();
            assert!(default.is_none_or(|value| schema::check(&argument.schema, value).is_empty()));
        }
        let own: Vec<_> = uses.iter().filter(|(used, ..)| *used == name).collect();
        assert!(!own.is_empty(), "{name} is not rendered");
        for (_, given, expected) in own {
            let said = said(&prompt, given);
            for part in *expected {
                assert!(said.contains(part), "{name}: {part:?} is missing in\n{said}");
            }
            assert!(!said.contains("\n\n\n"), "{name}:\n{said}");
            assert!(said.lines().all(|line| line == line.trim_end()), "{name}:\n{said}");
        }
    }
}

const GREET: &str = "kind: prompt\nname: greet\nvariants:\n- { name: short, weight: 3, text: Hi. }\n- { name: long, text: Hello. }\n";

#[test]
fn a_key_has_the_same_variant_for_ever_and_many_keys_follow_the_weights() {
    let greet = prompt(GREET);
    let name = |prompt: &Prompt, key: &str| choose(prompt, key).map(|variant| variant.name.clone());
    let of_greet: Vec<_> = (0..1_000).map(|key| name(&greet, &format!("agent-{key}"))).collect();
    let short = of_greet.iter().filter(|chosen| chosen.as_deref() == Some("short")).count();
    assert!((700..=800).contains(&short), "{short} of 1000");
    let again = prompt(GREET);
    assert!((0..1_000).all(|key| name(&again, &format!("agent-{key}")) == of_greet[key]));
    let other = prompt(&GREET.replace("greet", "other"));
    assert!((0..1_000).any(|key| name(&other, &format!("agent-{key}")) != of_greet[key]));
    assert_eq!(name(&prompt("kind: prompt\nname: a\ntext: b\n"), "agent"), None);
}

#[test]
fn a_variant_that_is_not_there_is_told_apart() {
    let greet = prompt(GREET);
    assert_eq!(variant(&greet, "long").unwrap().name, "long");
    let error = variant(&greet, "lon").unwrap_err();
    assert!(error.hints.iter().any(|hint| hint.to_string().contains("`long`")), "{error:?}");
}

#[test]
fn a_schema_names_the_values_that_can_be_typed() {
    assert_eq!(named(&json!({ "enum": ["a", 1, true] })), ["a", "1", "true"]);
    assert_eq!(named(&json!({ "type": "boolean" })), ["true", "false"]);
    assert_eq!(named(&json!({ "type": "string", "examples": ["x", "y"] })), ["x", "y"]);
    assert_eq!(named(&json!({ "type": "integer" })), [""; 0]);
}
