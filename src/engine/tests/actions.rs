//! The life of a pending action: leases, fences, refusals, proofs, approvals.

use super::world::{World, actor, exited, plan, shell};
use crate::engine::action::{Claim, Handed, Rejection, SelfApproval};
use crate::engine::command::Effect;
use crate::engine::event::{ActionId, Actor, Content, Event, Face, Json};
use crate::engine::status::Status;
use serde_json::{Value, json};
use std::sync::LazyLock;

fn prompt(id: &str) -> Value {
    json!({ "id": id, "timeout_ms": 60_000, "action": { "prompt": { "source": { "text": "Say {{ 1 + 1 }}" } } } })
}

fn approval(id: &str, needs: &[&str]) -> Value {
    json!({ "id": id, "needs": needs, "action": { "wait": { "what": { "approval": { "ask": "Sure?" } }, "timeout_ms": null, "on_timeout": "fail" } } })
}

fn claim(id: &ActionId, now: i64) -> Claim<'_> {
    static HOLDER: LazyLock<Actor> = LazyLock::new(|| actor("a"));
    Claim { action: id, generation: Some(1), by: &HOLDER, now }
}

fn lease(world: &mut World, step: &str, by: &str) -> Result<Option<u32>, Rejection> {
    let id = world.action_of(step);
    let claim = Claim { action: &id, generation: None, by: &actor(by), now: world.now };
    let event = world.run.lease(&claim, None)?;
    Ok(event.map(|event| {
        let Event::Leased { generation, .. } = &event else { unreachable!() };
        let generation = *generation;
        world.record(event);
        generation
    }))
}

#[test]
fn a_lease_is_kept_lapses_and_fences() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask")] })));
    world.settle();
    assert_eq!(lease(&mut world, "ask", "a"), Ok(Some(1)));
    assert_eq!(lease(&mut world, "ask", "a"), Ok(None));
    assert!(matches!(lease(&mut world, "ask", "b"), Err(Rejection::Held { holder, .. }) if holder == "a"));
    let stale = world.submission("ask", "a", Content::Result(Json::of(&json!("late"))));

    world.now += 60_000;
    assert_eq!(lease(&mut world, "ask", "b"), Ok(Some(2)));
    assert_eq!(world.run.action(&stale.action).unwrap().abandoned, 1);
    let refused = world.run.submit(stale, SelfApproval::Refused, world.now);
    assert!(matches!(refused, Err(Rejection::Superseded { generation: 2, holder }) if holder == "b"));
    world.submit("ask", "b", json!("2"));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.count("opened", "ask"), 1);
}

#[test]
fn an_action_whose_holder_is_gone_is_free_and_fenced() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask")] })));
    world.settle();
    let id = world.action_of("ask");
    assert!(world.run.abandon(&id, world.now).is_none(), "nobody holds it");
    lease(&mut world, "ask", "a").unwrap();
    let late = world.submission("ask", "a", Content::Result(Json::of(&json!("late"))));
    let left = world.run.abandon(&id, world.now).unwrap();
    world.record(left);
    assert!(world.run.abandon(&id, world.now).is_none(), "it is free already");
    assert_eq!(lease(&mut world, "ask", "b"), Ok(Some(2)));
    assert_eq!(world.run.action(&id).unwrap().abandoned, 1);
    let refused = world.run.submit(late, SelfApproval::Refused, world.now);
    assert!(matches!(refused, Err(Rejection::Superseded { generation: 2, .. })));
}

#[test]
fn two_sessions_of_one_name_are_two_holders() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask")] })));
    world.settle();
    let id = world.action_of("ask");
    let session = |name: &str| Actor { session: Some(name.to_owned()), ..actor("agent") };
    let (one, other, unknown) = (session("1"), session("2"), actor("agent"));
    let claim = |by| Claim { action: &id, generation: None, by, now: world.now };
    let event = world.run.lease(&claim(&one), None).unwrap().unwrap();
    world.record(event);
    let claim = |by| Claim { action: &id, generation: None, by, now: world.now };
    assert!(matches!(world.run.lease(&claim(&other), None), Err(Rejection::Held { .. })));
    assert_eq!(world.run.lease(&claim(&one), None).unwrap().map(|_| ()), None);
    assert_eq!(world.run.lease(&claim(&unknown), None).unwrap().map(|_| ()), None);
}

#[test]
fn a_heartbeat_keeps_the_lease_and_leaves_a_note_and_a_release_gives_it_back() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask")] })));
    world.settle();
    lease(&mut world, "ask", "a").unwrap();
    let id = world.action_of("ask");
    world.now += 59_000;
    let beat = world.run.renew(&claim(&id, world.now), None, Some("half way".into())).unwrap();
    world.record(beat);
    world.now += 30_000;
    assert!(matches!(lease(&mut world, "ask", "b"), Err(Rejection::Held { .. })));
    let release = world.run.release(&claim(&id, world.now), None).unwrap();
    world.record(release);
    assert_eq!(lease(&mut world, "ask", "b"), Ok(Some(2)));
    assert_eq!(world.run.report(world.now).actions[0].note.as_deref(), Some("half way"));
    assert!(matches!(world.run.renew(&claim(&id, world.now), None, None), Err(Rejection::Superseded { .. })));
}

#[test]
fn the_same_submit_twice_is_one_and_another_is_a_conflict() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask"), prompt("more")] })));
    world.settle();
    let submission = world.submission("ask", "a", Content::Result(Json::of(&json!("2"))));
    world.hand_in(submission.clone());
    let again = world.run.submit(submission.clone(), SelfApproval::Refused, world.now);
    assert!(matches!(again, Ok(Handed::Again)));
    let mut other = submission;
    other.digest = "another".into();
    let conflict = world.run.submit(other, SelfApproval::Refused, world.now);
    assert!(
        matches!(conflict, Err(Rejection::Settled { by, accepted, .. }) if by == "a" && accepted == "\"2\"")
    );
}

#[test]
fn a_result_that_fails_its_schema_goes_back_to_its_holder() {
    let mut step = prompt("ask");
    step["result"] =
        json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } });
    let mut world = World::new(plan(json!({ "name": "w", "steps": [step] })));
    world.settle();
    lease(&mut world, "ask", "a").unwrap();
    world.submit("ask", "a", json!({ "n": "two" }));
    assert_eq!(world.settle(), Status::PendingAction);
    let action = world.run.report(world.now).actions[0].clone();
    assert_eq!((action.action_id.ends_with("-1"), action.attempt), (true, 1));
    assert_eq!(action.problems[0].pointer, "/n");
    world.submit("ask", "a", json!({ "n": 2 }));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.count("failed", "ask"), 0);
}

#[test]
fn a_result_counts_only_once_its_checks_hold() {
    let mut step = prompt("ask");
    step["validation"] = json!(["tests"]);
    let checks = json!({ "tests": { "shell": { "shell": { "run": "test {{ steps.ask.result }}" }, "dir": null, "env": {}, "timeout_ms": null } } });
    let mut world =
        World::answering(plan(json!({ "name": "w", "checks": checks, "steps": [step] })), |act| {
            let Effect::Shell { shell, .. } = &act.effect else { return None };
            Some(exited(i32::from(shell.run.contains("bad")), "1 test failed"))
        });
    world.settle();
    world.submit("ask", "a", json!("bad"));
    assert_eq!(world.settle(), Status::PendingAction);
    let action = world.run.report(world.now).actions[0].clone();
    assert_eq!(
        (action.problems[0].pointer.as_str(), action.problems[0].got.as_str()),
        ("tests", "1 test failed")
    );
    world.submit("ask", "a", json!("good"));
    assert_eq!(world.settle(), Status::Completed);
    assert_eq!(world.names().iter().filter(|name| **name == "accepted").count(), 1);
}

#[test]
fn an_approval_is_not_the_initiators_nor_the_workers() {
    let mut world =
        World::new(plan(json!({ "name": "w", "steps": [prompt("work"), approval("ok", &["work"])] })));
    world.settle();
    world.submit("work", "worker", json!("done"));
    world.settle();
    for name in ["starter", "worker"] {
        let own = world.submission("ok", name, Content::Approved { reason: None });
        let refused = world.run.submit(own.clone(), SelfApproval::Refused, world.now);
        assert!(matches!(refused, Err(Rejection::NotPermitted(_))), "{name}");
        assert!(world.run.submit(own, SelfApproval::Allowed, world.now).is_ok());
    }
    let by = Actor::new("starter", Face::Terminal);
    let person = crate::engine::event::Submission {
        by,
        ..world.submission("ok", "x", Content::Approved { reason: None })
    };
    assert!(world.run.submit(person, SelfApproval::Refused, world.now).is_ok());
    let other = world.submission("ok", "other", Content::Approved { reason: Some("fine".into()) });
    world.hand_in(other);
    assert_eq!(world.settle(), Status::Completed);
}

#[test]
fn a_rejection_fails_the_step_and_may_come_from_anybody() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [approval("ok", &[])] })));
    world.settle();
    let no = world.submission("ok", "starter", Content::Rejected { reason: Some("not yet".into()) });
    world.hand_in(no);
    assert_eq!(world.settle(), Status::Failed);
    assert_eq!(world.error_kind(), "rejected");
}

#[test]
fn a_review_gates_a_step_and_proves_it() {
    let checks = json!({ "code-review": { "approval": { "ask": "Review?" } } });
    let mut step = shell("a", "true", &[]);
    step["enforcement"] = json!(["code-review"]);
    let mut proved = prompt("b");
    proved["needs"] = json!(["a"]);
    proved["validation"] = json!(["code-review"]);
    let mut world = World::new(plan(json!({ "name": "w", "checks": checks, "steps": [step, proved] })));
    assert_eq!(world.settle(), Status::PendingAction);
    assert!(world.acted.is_empty());
    let yes = world.submission("a", "other", Content::Approved { reason: None });
    world.hand_in(yes);
    world.settle();
    assert_eq!(world.acted, ["a"]);

    world.submit("b", "worker", json!("work"));
    world.settle();
    let review =
        world.run.open_actions().iter().map(|action| action.opened.action.clone()).next_back().unwrap();
    let submit = |by: &str, content| crate::engine::event::Submission {
        action: review.clone(),
        generation: 1,
        by: actor(by),
        digest: by.into(),
        spent: crate::engine::event::Spent::default(),
        content,
    };
    let own = world.run.submit(
        submit("worker", Content::Approved { reason: None }),
        SelfApproval::Refused,
        world.now,
    );
    assert!(matches!(own, Err(Rejection::NotPermitted(_))));
    world.hand_in(submit("other", Content::Rejected { reason: Some("typo".into()) }));
    assert_eq!(world.settle(), Status::PendingAction);
    assert_eq!(world.run.report(world.now).actions[0].problems[0].got, "typo");
}

#[test]
fn after_the_end_everything_about_an_action_says_stop() {
    let mut world = World::new(plan(json!({ "name": "w", "steps": [prompt("ask")] })));
    world.settle();
    let late = world.submission("ask", "a", Content::Result(Json::of(&json!(1))));
    let cancel = world.run.cancel(&actor("me"), None).unwrap().unwrap();
    world.record(cancel);
    world.settle();
    let id = late.action.clone();
    let ended = Rejection::Ended(Status::Cancelled);
    assert_eq!(world.run.submit(late, SelfApproval::Refused, world.now).unwrap_err(), ended);
    assert_eq!(world.run.renew(&claim(&id, world.now), None, None).unwrap_err(), ended);
}

#[test]
fn a_call_of_a_configured_server_is_this_machines_and_of_another_the_agents() {
    let call = |id: &str, server: &str, needs: &[&str]| json!({ "id": id, "needs": needs, "action": { "mcp_call": { "server": server, "tool": "t", "arguments": { "x": "{{ 1 }}" } } } });
    let steps = json!([call("own", "configured", &[]), call("theirs", "elsewhere", &["own"])]);
    let mut world = World::new(plan(json!({ "name": "w", "steps": steps })));
    assert_eq!(world.settle(), Status::PendingAction);
    assert_eq!(
        (world.acted.as_slice(), world.open()),
        (["own".to_owned()].as_slice(), vec!["theirs".to_owned()])
    );
    let action = world.run.report(world.now).actions[0].clone();
    assert_eq!(action.parameters["arguments"], json!({ "x": 1 }));
}

#[test]
fn each_step_keeps_one_of_the_variants_of_its_prompt() {
    let message = |text: &str| json!([{ "role": "user", "text": text }]);
    let prompts = json!({ "greet": {
        "messages": [],
        "defaults": { "who": "you" },
        "variants": [
            { "name": "short", "weight": 1.0, "messages": message("Hi {{ who }}") },
            { "name": "long", "weight": 1.0, "messages": message("Hello {{ who }}") },
        ],
    } });
    let step = |at: usize| json!({ "id": format!("s{at}"), "action": { "prompt": { "source": { "use": { "name": "greet", "with": {} } } } } });
    let plan =
        plan(json!({ "name": "w", "prompts": prompts, "steps": (0..12).map(step).collect::<Vec<_>>() }));
    let told = |world: &World| -> Vec<(String, String)> {
        let told = |action: &crate::engine::status::PendingAction| {
            (action.instructions.clone(), action.parameters["variant"].as_str().unwrap().to_owned())
        };
        world.run.report(world.now).actions.iter().map(told).collect()
    };
    let mut world = World::new(plan.clone());
    world.settle();
    let first = told(&world);
    for (at, (instructions, variant)) in first.iter().enumerate() {
        let chosen = plan.prompts["greet"].choose(&format!("r-aaaaaa/s{at}")).unwrap();
        assert_eq!(*variant, chosen.name);
        assert_eq!(instructions, if variant == "short" { "Hi you" } else { "Hello you" });
    }
    assert!(first.iter().any(|(_, variant)| variant == "short"));
    assert!(first.iter().any(|(_, variant)| variant == "long"));
    world.crash();
    assert_eq!(told(&world), first);
}

#[test]
fn what_is_under_review_when_its_run_is_cancelled_is_open_no_longer() {
    let mut step = prompt("ask");
    step["validation"] = json!(["person"]);
    let checks = json!({ "person": { "approval": { "ask": "Good?" } } });
    let mut world = World::new(plan(json!({ "name": "w", "checks": checks, "steps": [step] })));
    world.settle();
    let work = world.action_of("ask");
    world.submit("ask", "a", json!("2"));
    assert_eq!(world.settle(), Status::PendingAction);
    assert!(world.run.is_open(&work) && world.run.is_under_review(&work));
    let cancel = world.run.cancel(&actor("me"), None).unwrap().unwrap();
    world.record(cancel);
    assert_eq!(world.settle(), Status::Cancelled);
    assert!(!world.run.is_open(&work));
}
