//! What may be asked of a run as a whole, and when.

use super::super::action::Rejection;
use super::super::event::{Actor, Event, Json, Key, Moved};
use super::super::node::{Node, State};
use super::super::run::Run;
use super::super::status::Status;
use crate::language::plan::EVENTS_KEPT_MAX;
use serde_json::Value;
use std::collections::VecDeque;

/// Whom an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Who waits for it, or waits for it later.
    Kept,
    /// Who waits for it now.
    Waiting,
}

impl Run {
    /// `None` where it is being cancelled already.
    pub fn cancel(&self, by: &Actor, reason: Option<String>) -> Result<Option<Event>, Rejection> {
        self.is_here()?;
        match self.status() {
            status @ (Status::Completed | Status::Cancelled) => Err(Rejection::Ended(status)),
            _ if self.facts.cancel.is_some() => Ok(None),
            _ => Ok(Some(Event::CancelRequested { by: by.clone(), reason })),
        }
    }

    pub fn pause(&self, by: &Actor) -> Result<Option<Event>, Rejection> {
        self.running()?;
        Ok((!self.facts.paused).then(|| Event::Paused { by: by.clone() }))
    }

    pub fn unpause(&self, by: &Actor) -> Result<Option<Event>, Rejection> {
        self.running()?;
        Ok(self.facts.paused.then(|| Event::Resumed { by: by.clone() }))
    }

    /// Another chance for the steps named, or for all that failed.
    pub fn retry(&self, by: &Actor, steps: Vec<Key>) -> Result<Event, Rejection> {
        self.is_here()?;
        let status = self.status();
        if status != Status::Failed {
            let message = format!("only a failed run can be retried, this one is {}", status.as_str());
            return Err(Rejection::Conflict(message));
        }
        for step in &steps {
            if !self.node_of(step).is_ok_and(|id| self.has_failed(id)) {
                let message = format!("step {step} did not fail");
                return Err(Rejection::Conflict(message));
            }
        }
        Ok(Event::Retried { by: by.clone(), steps })
    }

    /// `None` where it is meant for those that wait only, and nothing does.
    pub fn notify(
        &self,
        by: &Actor,
        (name, payload): (&str, &Value),
        reach: Reach,
    ) -> Result<Option<Event>, Rejection> {
        self.running()?;
        let is_awaited = self.awaited().any(|(_, event, _)| event == name);
        if !is_awaited && reach == Reach::Waiting {
            return Ok(None);
        }
        let kept: usize = self.facts.mailbox.values().map(VecDeque::len).sum();
        if !is_awaited && kept >= EVENTS_KEPT_MAX {
            let message = format!("{kept} events wait for this run to ask for them; it keeps no more");
            return Err(Rejection::Conflict(message));
        }
        let (name, payload) = (name.to_owned(), Json::of(payload));
        Ok(Some(Event::Signalled { name, payload, by: by.clone() }))
    }

    /// The steps that wait for an event, its name, and when the wait ends by itself.
    pub fn awaited(&self) -> impl Iterator<Item = (&Key, &str, Option<i64>)> {
        self.facts.elsewhere.iter().filter_map(|id| match self.node(*id) {
            Node { key, state: State::Waiting { due, event: Some(event) }, .. } => {
                Some((key, event.as_str(), *due))
            }
            _ => None,
        })
    }

    /// Take it away, so that it goes on elsewhere and never here too. What is under way here must have ended before; a run
    /// that nothing can come of any more is not moved. `None` where it was moved before.
    pub fn depart(&self, by: &Actor, to: Option<String>) -> Result<Option<Event>, Rejection> {
        if self.has_moved() {
            return Ok(None);
        }
        if let Some(step) = self.underway().next() {
            let message = format!("step {step} is under way on this machine, and can't be taken along");
            return Err(Rejection::Conflict(message));
        }
        match self.status() {
            status @ (Status::Completed | Status::Cancelled) => Err(Rejection::Ended(status)),
            _ => Ok(Some(Event::Moved(Box::new(Moved { by: by.clone(), to })))),
        }
    }

    /// Refuses what is asked of a run that goes on elsewhere.
    pub(super) fn is_here(&self) -> Result<(), Rejection> {
        match &self.facts.moved {
            Some((Moved { by, to }, at)) => {
                Err(Rejection::Moved { to: to.clone(), at: *at, by: by.name.clone() })
            }
            None => Ok(()),
        }
    }

    fn running(&self) -> Result<(), Rejection> {
        self.is_here()?;
        let status = self.status();
        if status.is_end() { Err(Rejection::Ended(status)) } else { Ok(()) }
    }
}
