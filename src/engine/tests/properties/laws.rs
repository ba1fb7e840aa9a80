//! The laws, each over many lives.

use super::life::{Life, Move, Moves, moves};
use super::plans::any_plan;
use crate::engine::event::{Event, Key, Section};
use crate::engine::node::{Done, Layer, State};
use crate::engine::run::{Facts, Run};
use crate::engine::status::Status;
use crate::language::plan::{Action, OnError, Wait, WaitFor};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

fn as_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Nothing is left of what a run that has ended was waiting for, and every action is settled.
fn nothing_is_left(run: &Run) -> Result<(), TestCaseError> {
    let Facts { agenda, timers, underway, elsewhere, open_actions, actions, .. } = run.snapshot();
    prop_assert!(agenda.is_empty() && timers.is_empty(), "it wants a decision: {agenda:?} {timers:?}");
    prop_assert!(underway.is_empty() && elsewhere.is_empty(), "under way: {underway:?} {elsewhere:?}");
    prop_assert!(open_actions.is_empty(), "{open_actions:?} are open");
    let unsettled: Vec<_> = actions.values().filter(|action| action.settled_at.is_none()).collect();
    prop_assert!(unsettled.is_empty(), "{unsettled:?} are not settled");
    prop_assert_eq!((run.next_due(), run.open_actions().len(), run.interruptions().len()), (None, 0, 0));
    Ok(())
}

/// What the parts of a run's state say of each other.
fn is_sound(run: &Run) -> Result<(), TestCaseError> {
    let facts = run.snapshot();
    let keys: BTreeSet<&str> = facts.nodes.iter().map(|node| node.key.as_str()).collect();
    prop_assert_eq!(keys.len(), facts.nodes.len(), "two places have one key");
    for node in &facts.nodes {
        let children = || node.container.children.iter().map(|child| &facts.nodes[*child as usize]);
        if !node.is_done() {
            let open = children().filter(|child| !child.is_done()).count();
            prop_assert_eq!(node.container.open as usize, open, "{} holds so many open", node.key);
        }
        // Undoing goes on whatever fails.
        let is_undo = node.layer == Layer::List && node.key.as_str().starts_with("@undo");
        if node.state == State::Done(Done::Succeeded) && !is_undo {
            let broken = children()
                .find(|child| child.state == State::Done(Done::Failed) && !is_tolerated(run, child.step));
            prop_assert!(
                broken.is_none(),
                "{} succeeded, and {:?} in it failed",
                node.key,
                broken.map(|child| &child.key)
            );
        }
    }
    Ok(())
}

fn is_tolerated(run: &Run, step: Option<u32>) -> bool {
    step.is_some_and(|step| run.step(step).on_error == OnError::Continue)
}

/// The keys of what was done and can be undone, in the order it was done. What an event from outside ended says so only
/// in that event, and is left out.
fn done_with_undo(life: &Life) -> Vec<String> {
    let run = &life.world.run;
    let keys = life.world.journal.iter().filter_map(|recorded| match &recorded.event {
        Event::Finished { step, .. } | Event::Accepted { step } => Some(step),
        _ => None,
    });
    let has_undo = |key: &&Key| {
        let node = run.node(run.node_of(key).unwrap());
        let undo = node.step.and_then(|step| run.step(step).undo.as_ref());
        node.layer == Layer::Body
            && !key.as_str().starts_with('@')
            && undo.is_some()
            && !waits_for_an_event(run, key)
    };
    keys.filter(has_undo).map(ToString::to_string).collect()
}

fn waits_for_an_event(run: &Run, key: &Key) -> bool {
    let step = run.node_of(key).ok().and_then(|id| run.step_of(id));
    let event = |wait: &Wait| matches!(wait.what, WaitFor::Event { .. });
    step.is_some_and(|step| matches!(&step.action, Action::Wait(wait) if event(wait)))
}

/// The keys of what was undone, in the order in which something was first said of it.
fn undone(life: &Life) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for recorded in &life.world.journal {
        let key = recorded.event.step().map(Key::as_str);
        let Some((_, origin)) = key.and_then(|key| key.strip_prefix("@undo")?.split_once('/')) else {
            continue;
        };
        let is_known = keys.iter().any(|known| known == origin);
        if !is_known && !waits_for_an_event(&life.world.run, &Key::new(origin)) {
            keys.push(origin.to_owned());
        }
    }
    keys
}

fn cancelled(life: &mut Life) -> Result<(), TestCaseError> {
    let was_over = matches!(life.status(), Status::Completed | Status::Cancelled);
    life.go(Move::Cancel, 0);
    life.settle();
    life.help_to_its_end();
    prop_assert!(was_over || life.status() == Status::Cancelled, "{:?}", life.status());
    Ok(())
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn every_run_can_come_to_an_end_and_leaves_nothing_behind(sketch in any_plan(), moves in moves()) {
        let life = Life::lived(&sketch.plan, &moves);
        nothing_is_left(&life.world.run)?;
        is_sound(&life.world.run)?;
    }

    #[test]
    fn a_replay_decides_as_the_run_did_and_a_snapshot_goes_on_as_the_run(sketch in any_plan(), moves in moves(), every in 1_u64..9) {
        let life = Life::lived(&sketch.plan, &moves);
        let mut again = Run::new(&sketch.plan);
        let mut decisions = life.decisions.iter().peekable();
        for recorded in &life.world.journal {
            again.apply(recorded).unwrap();
            if recorded.seq % every == 0 {
                let facts: Facts = serde_json::from_str(&as_text(again.snapshot())).unwrap();
                again = Run::resume(&sketch.plan, facts);
            }
            while let Some(decision) = decisions.next_if(|decision| decision.after == recorded.seq) {
                prop_assert_eq!(format!("{:?}", again.poll(decision.now)), decision.command.as_str());
            }
        }
        prop_assert_eq!(again.trail(), life.world.run.trail());
        prop_assert_eq!(as_text(again.snapshot()), as_text(life.world.run.snapshot()));
        prop_assert_eq!(as_text(&again.report(life.world.now)), as_text(&life.world.run.report(life.world.now)));
    }

    #[test]
    fn a_cancel_at_any_point_ends_it_and_undoes_in_reverse_what_was_done(sketch in any_plan(), moves in without_cancel()) {
        let mut life = Life::begun(&sketch.plan, &moves);
        cancelled(&mut life)?;
        nothing_is_left(&life.world.run)?;
        is_sound(&life.world.run)?;
        if life.status() == Status::Cancelled {
            let expected: Vec<String> = done_with_undo(&life).into_iter().rev().collect();
            prop_assert_eq!(undone(&life), expected);
            let lists = &life.world.run.snapshot().lists;
            prop_assert!(lists.iter().filter(|(section, _)| *section == Section::Undo).count() <= 1);
        }
    }

    #[test]
    fn a_run_that_everybody_helps_needs_no_time_but_its_own(sketch in any_plan()) {
        let life = Life::lived(&sketch.plan, &Moves::new());
        nothing_is_left(&life.world.run)?;
    }
}

fn without_cancel() -> impl Strategy<Value = Moves> {
    moves().prop_map(|moves| moves.into_iter().filter(|(what, _)| *what != Move::Cancel).collect())
}
