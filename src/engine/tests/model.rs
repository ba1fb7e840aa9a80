//! Prompts that a model answers, and those that its client may.

use super::world::{World, plan};
use crate::engine::command::{Act, Ask, Effect, Outcome};
use crate::engine::event::{Event, Failure, Usage};
use crate::engine::run::Run;
use crate::engine::status::Status;
use serde_json::{Value, json};

const USAGE: Usage = Usage { input_tokens: 5, output_tokens: 7 };

/// One prompt by a model, with more of its step.
fn prompt(more: &Value) -> Value {
    let by = json!({ "model": { "model": "claude-{{ inputs.size }}", "max_tokens": 9, "system": "Be {{ 1 + 1 }}." } });
    let mut step = json!({
        "id": "ask",
        "action": { "prompt": { "source": { "text": "What is {{ run.workflow }}?" }, "by": by } },
    });
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let outputs = json!({ "said": "{{ steps.ask.result }}" });
    json!({ "name": "w", "steps": [step], "outputs": outputs })
}

fn world(plan_json: Value, answer: impl FnMut(&Act) -> Option<Outcome> + 'static) -> World {
    let inputs = json!({ "size": "large" }).as_object().unwrap().clone();
    World::with_inputs(plan(plan_json), inputs, answer)
}

fn ask_of(act: &Act) -> &Ask {
    let Effect::Ask(ask) = &act.effect else { panic!("{act:?}") };
    ask
}

/// What a driver makes of a model's words.
fn replied(act: &Act, words: &str) -> Outcome {
    let refused =
        |message| Failure { kind: "refused".into(), message, hints: Vec::new(), step: None, output: None };
    Outcome::Replied { result: ask_of(act).read(words).map_err(refused), usage: Some(USAGE) }
}

#[test]
fn a_model_is_asked_with_everything_rendered_and_told_what_must_come() {
    let schema = json!({ "type": "object", "required": ["a"] });
    let mut world = world(prompt(&json!({ "result": schema, "timeout_ms": 500 })), |act| {
        let question = &ask_of(act).question;
        assert_eq!(question.settings.model.as_deref(), Some("claude-large"));
        assert_eq!(
            (question.settings.system.as_deref(), question.settings.max_tokens),
            (Some("Be 2."), Some(9))
        );
        let text = &question.messages[0].text;
        assert!(text.starts_with("What is w?\n\nAnswer with nothing but one JSON value that fits"), "{text}");
        assert!(text.ends_with(r#"{"type":"object","required":["a"]}"#), "{text}");
        assert_eq!(act.timeout_ms, Some(500));
        Some(replied(act, "Here: ```json\n{\"a\": 1}\n```"))
    });
    assert_eq!(world.finish(), Status::Completed);
    assert_eq!(world.result(), json!({ "said": { "a": 1 } }));
    assert_eq!(world.names(), ["started", "attempted", "finished", "ended"]);
    let Event::Finished { output, .. } = &world.journal[2].event else { panic!() };
    assert_eq!(output.usage, Some(USAGE));
}

#[test]
fn what_a_model_took_is_on_record_when_it_is_refused_too() {
    let mut step = prompt(&json!({ "result": { "type": "integer" } }));
    step["steps"][0]["retry"] = json!({ "attempts": 2, "delay_ms": 1, "backoff": 1.0, "max_delay_ms": null, "jitter": false, "on": [{ "kind": "refused" }] });
    let mut world = world(step, |act| Some(replied(act, "No idea.")));
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!((world.error_kind().as_str(), world.count("attempted", "ask")), ("refused", 2));
    let took = |event: &Event| match event {
        Event::Failed { error, .. } => error.output.as_ref().and_then(|output| output.usage),
        _ => None,
    };
    assert_eq!(world.journal.iter().filter_map(|recorded| took(&recorded.event)).count(), 2);
}

#[test]
fn a_check_proves_what_a_model_said() {
    let mut workflow = prompt(&json!({ "validation": ["good"] }));
    workflow["checks"] = json!({ "good": { "shell": { "shell": { "run": "false" }, "dir": null, "env": {}, "timeout_ms": null } } });
    let mut world = world(workflow, |act| match &act.effect {
        Effect::Ask(_) => Some(replied(act, "words")),
        _ => Some(super::world::exited(1, "")),
    });
    assert_eq!(world.finish(), Status::Failed);
    assert_eq!(world.error_kind(), "validation");
    assert_eq!(world.count("produced", "ask"), 1);
}

#[test]
fn a_model_whose_carrier_died_is_asked_again() {
    let mut asked = 0;
    let mut world = world(prompt(&json!({})), move |act| {
        asked += 1;
        (asked > 1).then(|| replied(act, "words"))
    });
    assert_eq!(world.settle(), Status::Running);
    world.crash();
    assert_eq!(world.finish(), Status::Completed);
    assert_eq!(world.acted, ["ask", "ask"]);
}

/// Decided when the run began: a replay elsewhere, with a key or without, is the same.
#[test]
fn without_a_key_the_prompt_is_an_agents() {
    let mut world = world(prompt(&json!({})), |_| panic!("nothing is done here"));
    if let Event::Started(started) = &mut world.journal[0].event {
        started.asks_models = false;
    }
    world.run = Run::new(&world.plan);
    world.crash();
    assert_eq!(world.settle(), Status::PendingAction);
    let report = world.run.report(world.now);
    let action = report.action.unwrap();
    assert_eq!((action.title.as_str(), action.instructions.as_str()), ("What is w?", "Be 2.\n\nWhat is w?"));
    assert!(!action.sampling);
    assert!(!serde_json::to_string(&action).unwrap().contains("sampling"));
    world.submit("ask", "x", json!("words"));
    assert_eq!(world.finish(), Status::Completed);
}

#[test]
fn a_prompt_for_a_client_says_so() {
    let step = json!({ "id": "ask", "action": { "prompt": { "source": { "text": "?" }, "by": "client" } } });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    assert_eq!(world.settle(), Status::PendingAction);
    let action = world.run.report(world.now).action.unwrap();
    assert_eq!(serde_json::to_value(&action).unwrap()["sampling"], json!(true));
}

/// A journal, a plan and a report that no model is in are what they were before there were any.
#[test]
fn nothing_of_models_is_written_where_none_is_asked() {
    let step = json!({ "id": "ask", "action": { "prompt": { "source": { "text": "?" } } } });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    world.settle();
    let plan = serde_json::to_value(&*world.plan).unwrap();
    assert_eq!(plan["steps"][0]["action"]["prompt"], json!({ "source": { "text": "?" } }));
    let events: Vec<String> =
        world.journal[1..].iter().map(|recorded| serde_json::to_string(&recorded.event).unwrap()).collect();
    assert!(events.iter().all(|event| !event.contains("sampling") && !event.contains("usage")), "{events:?}");
}
