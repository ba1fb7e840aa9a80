//! A run as the journal has it, and appending to it: decisions are applied first and recorded together.

use super::projection::{ParentKnows, action_rows, application_row, cache_rows, run_row, turn_row};
use crate::engine::event::{Event, PlanHash, Recorded, RunId};
use crate::engine::run::{Mismatch, Run};
use crate::language::plan::{self, Plan};
use crate::store::error::{Error, Result};
use crate::store::journal::{ActionRow, Entry, Journal};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The plans that this process has read; a plan never changes.
#[derive(Default)]
pub(super) struct Plans(Mutex<BTreeMap<PlanHash, Arc<Plan>>>);

impl Plans {
    pub(super) fn get(&self, journal: &dyn Journal, hash: &PlanHash) -> Result<Arc<Plan>> {
        if let Some(plan) = self.lock().get(hash) {
            return Ok(Arc::clone(plan));
        }
        let text = journal.plan(hash)?;
        let plan: Plan =
            serde_json::from_str(&text).map_err(|error| damaged(hash.as_str(), &error.to_string()))?;
        let plan = Arc::new(plan);
        self.put(hash, &plan);
        Ok(plan)
    }

    pub(super) fn put(&self, hash: &PlanHash, plan: &Arc<Plan>) {
        self.lock().insert(hash.clone(), Arc::clone(plan));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PlanHash, Arc<Plan>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run with the events that are decided and not recorded yet.
pub(super) struct History {
    pub run: Run,
    recorded: u64,
    fresh: Vec<Recorded>,
}

impl History {
    pub(super) fn load(journal: &dyn Journal, plans: &Plans, id: &RunId) -> Result<Self> {
        let events = journal.read(id, 0)?;
        let Some(Event::Started(started)) = events.first().map(|recorded| &recorded.event) else {
            return Err(damaged(id.as_str(), "it does not begin with its start"));
        };
        let mut history = Self::begin(&plans.get(journal, &started.plan)?);
        history.take_in(id, &events)?;
        Ok(history)
    }

    /// Take in what was recorded since.
    pub(super) fn catch_up(&mut self, journal: &dyn Journal, id: &RunId) -> Result<()> {
        self.take_in(id, &journal.read(id, self.recorded)?)
    }

    fn take_in(&mut self, id: &RunId, events: &[Recorded]) -> Result<()> {
        for event in events {
            self.run.apply(event).map_err(|mismatch| mismatched(id, &mismatch))?;
        }
        self.recorded = self.run.seq();
        Ok(())
    }

    /// A run that does not exist yet.
    pub(super) fn begin(plan: &Arc<Plan>) -> Self {
        Self { run: Run::new(plan), recorded: 0, fresh: Vec::new() }
    }

    /// Take an event into the run; it counts once it is recorded.
    pub(super) fn add(&mut self, event: Event, at: i64) -> Result<()> {
        let recorded = Recorded { seq: self.run.seq() + 1, at, event };
        let id = self.run.id().cloned().unwrap_or_else(|| RunId::new(""));
        self.run.apply(&recorded).map_err(|mismatch| mismatched(&id, &mismatch))?;
        self.fresh.push(recorded);
        Ok(())
    }

    pub(super) fn fresh_count(&self) -> usize {
        self.fresh.len()
    }

    /// How many of its events are durable.
    pub(super) fn recorded(&self) -> u64 {
        self.recorded
    }

    /// Make what is fresh durable, in one transition. What was recorded is returned.
    pub(super) fn record(&mut self, how: Recording<'_>, journal: &dyn Journal) -> Result<Vec<Recorded>> {
        let (Some(row), Some(last)) = (run_row(&self.run, ParentKnows::No), self.fresh.last()) else {
            return Ok(Vec::new());
        };
        let touches_actions = self.fresh.iter().any(|recorded| may_change_actions(&recorded.event));
        let actions = touches_actions.then(|| action_rows(&self.run));
        let application = application_row(&self.run, &row);
        let turn = turn_row(&self.run);
        let cached = cache_rows(&self.run, &self.fresh);
        let events: Vec<Event> = self.fresh.iter().map(|recorded| recorded.event.clone()).collect();
        let entry = Entry {
            run: &row.run,
            after: self.recorded,
            owner: how.owner(),
            at: last.at,
            events: &events,
            row: &row,
            actions: actions.as_deref(),
            application: application.as_ref(),
            turn: turn.as_ref(),
            cached: &cached,
        };
        match how {
            Recording::Create { plan, .. } => match journal.create(&entry, plan) {
                // No run was pinned to it, so it was taken away in between.
                Err(Error::NotFound { what: "plan", .. }) => {
                    journal.keep_plan(plan, &plan::text(self.run.plan()))?;
                    journal.create(&entry, plan)?;
                }
                created => created?,
            },
            _ => journal.append(&entry)?,
        }
        self.recorded = self.run.seq();
        Ok(std::mem::take(&mut self.fresh))
    }

    /// Note in the lists that the parent of this ended run knows.
    pub(super) fn mark_reported(&self, journal: &dyn Journal) -> Result<()> {
        self.restate(journal, ParentKnows::Yes, None)
    }

    /// Say in the lists what the events say, with these actions open, or with those that are.
    pub(super) fn restate(
        &self,
        journal: &dyn Journal,
        parent: ParentKnows,
        open: Option<&[ActionRow]>,
    ) -> Result<()> {
        let Some(row) = run_row(&self.run, parent) else { return Ok(()) };
        let actions = open.map_or_else(|| action_rows(&self.run), <[ActionRow]>::to_vec);
        let application = application_row(&self.run, &row);
        journal.rewrite(&Entry {
            run: &row.run,
            after: self.recorded,
            owner: None,
            at: row.updated_at,
            events: &[],
            row: &row,
            actions: Some(&actions),
            application: application.as_ref(),
            turn: turn_row(&self.run).as_ref(),
            cached: &[],
        })
    }
}

/// As whom something is recorded.
#[derive(Clone, Copy)]
pub(super) enum Recording<'a> {
    Create {
        plan: &'a PlanHash,
        owner: &'a str,
    },
    /// A decision of who carries the run.
    Decision {
        owner: &'a str,
    },
    /// Something that came from outside.
    Outside,
}

impl<'a> Recording<'a> {
    fn owner(self) -> Option<&'a str> {
        match self {
            Self::Create { owner, .. } | Self::Decision { owner } => Some(owner),
            Self::Outside => None,
        }
    }
}

/// Most steps never touch an action: then the lists of actions are left alone.
fn may_change_actions(event: &Event) -> bool {
    !matches!(
        event,
        Event::Started(_)
            | Event::Skipped { .. }
            | Event::Expanded { .. }
            | Event::Entered { .. }
            | Event::Iterated { .. }
            | Event::Attempted { .. }
            | Event::Finished { .. }
            | Event::Waiting { .. }
            | Event::ChildStarted { .. }
            | Event::CheckStarted { .. }
            | Event::Produced { .. }
            | Event::Admitted
            | Event::Inherited { .. }
            | Event::Sought { .. }
            | Event::Recalled { .. }
            | Event::Missed { .. }
            | Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::Signalled { .. }
    )
}

fn mismatched(run: &RunId, mismatch: &Mismatch) -> Error {
    damaged(run.as_str(), &mismatch.to_string())
}

fn damaged(what: &str, reason: &str) -> Error {
    Error::Damaged { path: format!("the journal of {what}"), reason: reason.to_owned() }
}
