//! Child runs: begun for a step, told to their parent when they end, called off with it.

use crate::drivers::driver::{Error, Signal};
use crate::drivers::embedded::history::History;
use crate::drivers::embedded::outside::Decided;
use crate::drivers::embedded::shared::Shared;
use crate::engine::Beginning;
use crate::engine::command::{CHILD, Outcome, Target};
use crate::engine::event::{Actor, Face, Key, Parent, PlanHash, RunId};
use crate::language::plan;
use crate::store;
use crate::store::error::Result;
use crate::store::journal::RunFilter;
use serde_json::{Map, Value};
use std::sync::Arc;

impl Shared {
    /// Begin the child run of a step, unless it has begun.
    pub(in crate::drivers::embedded) fn start_child(
        self: &Arc<Self>,
        history: &History,
        step: &Key,
        (run, workflow, inputs): (&RunId, &str, &Map<String, Value>),
    ) -> Result<()> {
        let Some(started) = history.run.started() else { return Ok(()) };
        let Some(child) = history.run.plan().children.get(workflow) else { return Ok(()) };
        let child = Arc::new(child.clone());
        let beginning = Beginning {
            run: run.clone(),
            plan: PlanHash::new(plan::hash(&plan::text(&child))),
            project: started.project.clone(),
            inputs: inputs.clone(),
            seed: self.draw(),
            by: started.by.clone(),
            dir: started.dir.clone(),
            servers: started.servers.clone(),
            asks_models: started.asks_models,
            lease_ms: started.lease_ms,
            parent: Some(Parent { run: started.run.clone(), step: step.clone() }),
            labels: started.labels.clone(),
            // What the whole run comes to counts, not a part of it.
            work_item: None,
            applied: None,
            origin: None,
            no_cache: started.no_cache,
            keys_above: if child.concurrency.is_some() { self.keys_of(&started.run)? } else { Vec::new() },
        };
        match self.create(&child, beginning, None) {
            Ok(_) | Err(Error::Store(store::Error::Exists { .. })) => self.carry(run),
            Err(Error::Store(error)) => Err(error),
            Err(error) => self.deliver(&started.run, step, &failed(error.to_string())),
        }
    }

    /// What became of the children a run waits for; those that nobody carries are carried.
    pub(in crate::drivers::embedded) fn settled_children(
        self: &Arc<Self>,
        history: &History,
    ) -> Result<Vec<(Key, Outcome)>> {
        let mut settled = Vec::new();
        for (step, child) in history.run.children() {
            match self.journal().run(child) {
                Ok(row) if row.ended_at.is_some() => {
                    settled.push((step.clone(), Outcome::of_child(&self.load(child)?.run)));
                }
                Ok(row) if row.ready => self.carry(child)?,
                Ok(_) => {}
                // The process died between deciding on the child and beginning it.
                Err(store::Error::NotFound { .. }) => match history.run.child_of(step) {
                    Ok((workflow, inputs)) => self.start_child(history, step, (child, &workflow, &inputs))?,
                    Err(error) => settled.push((step.clone(), failed(error.message))),
                },
                Err(error) => return Err(error),
            }
        }
        Ok(settled)
    }

    /// A run has ended: whoever waits for it goes on, and what it left running is called off.
    pub(in crate::drivers::embedded) fn report_to_parent(self: &Arc<Self>, run: &RunId) -> Result<()> {
        let history = self.load(run)?;
        self.cancel_children(run)?;
        if let Some(parent) = history.run.started().and_then(|started| started.parent.clone()) {
            self.deliver(&parent.run, &parent.step, &Outcome::of_child(&history.run))?;
        } else if history.run.plan().children.is_empty() {
            return Ok(());
        }
        match history.mark_reported(self.journal()) {
            // It goes on already: a retry was faster.
            Err(store::Error::Conflict { .. }) => Ok(()),
            other => other,
        }
    }

    fn deliver(self: &Arc<Self>, run: &RunId, step: &Key, outcome: &Outcome) -> Result<()> {
        let delivered = self.outside(run, |history, now| {
            let events = history.run.outcome(step, Target::Attempt, outcome.clone(), now);
            Ok(Decided { events, answer: () })
        });
        match delivered {
            Ok(_) if self.takes_up(run) => self.carry(run),
            Err(Error::Store(error)) => Err(error),
            // Who stays with the child alone would break off what the parent does when it ends.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    pub(in crate::drivers::embedded) fn cancel_children(self: &Arc<Self>, run: &RunId) -> Result<()> {
        let filter = RunFilter { parent: Some(run.clone()), ..RunFilter::default() };
        for child in self.journal().runs(&filter)?.into_iter().filter(|row| row.ended_at.is_none()) {
            let by = Actor::new(run.as_str(), Face::Engine);
            let reason = Some(format!("its parent {run} does not need it any more"));
            match self.signal(&child.run, &Signal::Cancel { reason }, &by) {
                Err(Error::Store(error)) => return Err(error),
                _ => self.carry(&child.run)?,
            }
        }
        Ok(())
    }
}

fn failed(message: String) -> Outcome {
    Outcome::Failed { kind: CHILD, message, hints: Vec::new() }
}
