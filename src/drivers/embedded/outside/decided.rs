//! What comes from outside: decided against the run as it is now, and recorded only if it still is.

use crate::drivers::driver::{ActionRef, Error, Signal, Submit};
use crate::drivers::embedded::history::{History, Recording};
use crate::drivers::embedded::shared::Shared;
use crate::engine::action::{Claim, Handed, Rejection};
use crate::engine::event::{Actor, Content, Event, Failure, RunId, Submission};
use crate::engine::run::Run;
use crate::engine::status::rfc3339;
use crate::store;
use crate::store::journal::{ActionFilter, Stays};
use std::sync::Arc;

/// What somebody's wish comes to.
pub(in crate::drivers::embedded) struct Decided<T> {
    pub events: Vec<Event>,
    pub answer: T,
}

impl Shared {
    /// Decide on the present run and record it. Where it moves on faster than one decides, it is made to stand still.
    pub(in crate::drivers::embedded) fn outside<T>(
        &self,
        run: &RunId,
        mut decide: impl FnMut(&History, i64) -> Result<Decided<T>, Error>,
    ) -> Result<(T, History), Error> {
        let mut attempt = || {
            let mut history = self.load(run)?;
            let now = self.now();
            let Decided { events, answer } = decide(&history, now)?;
            for event in events {
                history.add(event, now)?;
            }
            let recorded = history.record(Recording::Outside, self.journal())?;
            Ok((answer, history, recorded))
        };
        let mut decided = attempt();
        if let Err(Error::Store(store::Error::Conflict { .. })) = decided {
            self.journal().together(&mut || {
                decided = attempt();
                Ok(if decided.is_ok() { Stays::All } else { Stays::Nothing })
            })?;
        }
        let (answer, history, recorded) = decided?;
        self.tell_all(run, &recorded);
        Ok((answer, history))
    }

    pub(in crate::drivers::embedded) fn signal(
        self: &Arc<Self>,
        run: &RunId,
        signal: &Signal,
        by: &Actor,
    ) -> Result<bool, Error> {
        let (changed, _) = self.outside(run, |history, _| {
            let state = &history.run;
            let event = match signal {
                Signal::Cancel { reason } => state.cancel(by, reason.clone()),
                Signal::Pause => state.pause(by),
                Signal::Resume => state.unpause(by),
                Signal::Retry { steps } => state.retry(by, steps.clone()).map(Some),
                Signal::Event { name, payload, reach } => state.notify(by, (name, payload), *reach),
            };
            let event = event.map_err(|rejection| refusal(run, None, rejection))?;
            Ok(Decided { answer: event.is_some(), events: event.into_iter().collect() })
        })?;
        self.nudge(run);
        Ok(changed)
    }

    pub(in crate::drivers::embedded) fn free_abandoned(&self, filter: &ActionFilter) -> Result<(), Error> {
        let now = self.now();
        for row in self.journal().actions(filter)? {
            let holder = row.holder.filter(|_| row.lease_until.is_some_and(|until| until > now));
            let session = holder.and_then(|holder| holder.session);
            if session.is_some_and(|session| self.journal().is_gone(&session)) {
                self.outside(&row.run, |history, now| {
                    let event = history.run.abandon(&row.action, now);
                    Ok(Decided { events: event.into_iter().collect(), answer: () })
                })?;
            }
        }
        Ok(())
    }

    /// Something about one action: one event, or nothing.
    pub(in crate::drivers::embedded) fn ask_action(
        &self,
        action: &ActionRef,
        by: &Actor,
        mut decide: impl FnMut(&Run, &Claim<'_>) -> Result<Option<Event>, Rejection>,
    ) -> Result<History, Error> {
        let decided = self.outside(&action.run, |history, now| {
            let claim = Claim { action: &action.action, generation: action.generation, by, now };
            let event = decide(&history.run, &claim)
                .map_err(|rejection| refusal(&action.run, Some(action.action.as_str()), rejection))?;
            Ok(Decided { events: event.into_iter().collect(), answer: () })
        });
        decided.map(|((), history)| history)
    }

    /// Record a submission; the events it came to, none if it was handed in before.
    pub(in crate::drivers::embedded) fn hand_in(&self, submit: &Submit) -> Result<Vec<Event>, Error> {
        let Submit { action: ActionRef { run, action: id, generation }, by, content, spent, .. } = submit;
        let handed = self.outside(run, |history, now| {
            let reject = |rejection| refusal(run, Some(id.as_str()), rejection);
            let action = history.run.action(id).ok_or(Rejection::Unknown).map_err(reject)?;
            let generation = match (generation, action.living_holder(now)) {
                (Some(generation), _) => *generation,
                (None, Some((holder, until))) if !holder.is(by) => {
                    return Err(reject(Rejection::Held { holder: holder.name.clone(), until }));
                }
                (None, _) => action.generation,
            };
            let (action, by, content) = (id.clone(), by.clone(), content.clone());
            let digest = digest(&content);
            let submission = Submission { digest, action, generation, by, content, spent: *spent };
            let events =
                match history.run.submit(submission, self.settings().self_approval, now).map_err(reject)? {
                    Handed::Events(events) => events,
                    Handed::Again => Vec::new(),
                };
            Ok(Decided { answer: events.clone(), events })
        });
        handed.map(|(events, _)| events)
    }
}

fn digest(content: &Content) -> String {
    let text = serde_json::to_vec(content).unwrap_or_default();
    blake3::hash(&text).to_hex()[..32].to_owned()
}

/// The engine's refusal as the driver's error.
pub(in crate::drivers::embedded) fn refusal(
    run: &RunId,
    action: Option<&str>,
    rejection: Rejection,
) -> Error {
    let action = action.unwrap_or_default().to_owned();
    match rejection {
        Rejection::Unknown => Error::NotFound { what: "action", name: action },
        Rejection::Superseded { generation, holder } => Error::Superseded { action, generation, holder },
        Rejection::Held { holder, until } => Error::Held { action, holder, until: rfc3339(until) },
        Rejection::Settled { at, by, accepted } => Error::Settled { action, at: rfc3339(at), by, accepted },
        Rejection::Ended(status) => Error::Ended { run: run.to_string(), status },
        Rejection::Moved { to, at, by } => {
            let to = to.map_or_else(String::new, |to| format!(" to {to}"));
            Error::Moved { run: run.to_string(), to, at: rfc3339(at), by }
        }
        Rejection::NotPermitted(why) => Error::NotPermitted(why),
        Rejection::Conflict(message) => Error::Conflict(message),
        Rejection::Invalid { message, problems } => Error::Invalid { message, problems },
    }
}

/// What it begins with can't be made.
pub(in crate::drivers::embedded) fn invalid_beginning(failure: &Failure) -> Error {
    Error::Invalid { message: failure.message.clone(), problems: Vec::new() }
}
