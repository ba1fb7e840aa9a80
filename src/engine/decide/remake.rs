//! A journal decided once more: what this engine decides at each point where one was taken, and what it would have done.

use super::super::command::{Act, Command};
use super::super::event::{Event, Recorded};
use super::super::run::{Mismatch, Run};
use crate::language::plan::Plan;
use std::sync::Arc;

/// A decision of a journal.
#[derive(Debug)]
pub struct Remade {
    pub recorded: Recorded,
    /// What was to be done, where anything was.
    pub act: Option<Act>,
    /// What this engine decides instead; `None` within where it decides nothing.
    pub otherwise: Option<Option<Event>>,
}

/// Every decision of a journal, in its order. What came from outside is taken as it came.
pub fn remake(plan: &Arc<Plan>, journal: &[Recorded]) -> Result<Vec<Remade>, Mismatch> {
    let mut run = Run::new(plan);
    let mut remade = Vec::new();
    for recorded in journal {
        if run.origin().is_some() && journal.first().is_some_and(|first| first.at == recorded.at) {
            // It was taken over, not decided.
            run.apply(recorded)?;
            continue;
        }
        let decided = run.poll(recorded.at);
        match decided {
            Some(Command { event, act }) if is_same(&event, &recorded.event) => {
                remade.push(Remade { recorded: recorded.clone(), act, otherwise: None });
            }
            decided if is_decided(&recorded.event) => {
                let otherwise = Some(decided.map(|command| command.event));
                remade.push(Remade { recorded: recorded.clone(), act: None, otherwise });
            }
            _ => {}
        }
        run.apply(recorded)?;
    }
    Ok(remade)
}

/// Whether nothing but a decision of the engine gives such an event.
fn is_decided(event: &Event) -> bool {
    matches!(
        event,
        Event::Expanded { .. }
            | Event::Entered { .. }
            | Event::Iterated { .. }
            | Event::Attempted { .. }
            | Event::Opened(_)
            | Event::Sought { .. }
            | Event::Waiting { .. }
            | Event::ChildStarted { .. }
            | Event::CheckStarted { .. }
            | Event::SectionEntered { .. }
            | Event::TimedOut
            | Event::Ended { .. }
    )
}

fn is_same(one: &Event, other: &Event) -> bool {
    one.name() == other.name()
        && serde_json::to_value(one)
            .ok()
            .zip(serde_json::to_value(other).ok())
            .is_some_and(|(one, other)| one == other)
}
