//! Runs that leave this home, or come to it, with all their children.

use super::decided::refusal;
use crate::drivers::driver::{Arrival, Error};
use crate::drivers::embedded::history::{History, Recording};
use crate::drivers::embedded::projection::{ParentKnows, every_action};
use crate::drivers::embedded::shared::Shared;
use crate::engine::action::Rejection;
use crate::engine::event::{Actor, Arrived, Event, Recorded, RunId};
use crate::engine::status::Status;
use crate::store;
use crate::store::journal::{RunFilter, RunRow, Stays};

impl Shared {
    /// The run goes on elsewhere from here on, with its children; all of them in one transaction, or none.
    pub(in crate::drivers::embedded) fn depart(
        &self,
        run: &RunId,
        by: &Actor,
        to: Option<&str>,
    ) -> Result<(), Error> {
        let mut departed = Ok(Vec::new());
        self.journal().together(&mut || {
            let mut told = Vec::new();
            departed = self.depart_within(run, (by, to), &mut told).map(|()| told);
            Ok(if departed.is_ok() { Stays::All } else { Stays::Nothing })
        })?;
        for (run, recorded) in departed? {
            self.tell_all(&run, &recorded);
        }
        Ok(())
    }

    fn depart_within(
        &self,
        run: &RunId,
        (by, to): (&Actor, Option<&str>),
        told: &mut Vec<(RunId, Vec<Recorded>)>,
    ) -> Result<(), Error> {
        let mut history = self.load(run)?;
        let children = self.children_of(run)?;
        let begun = |child: &RunId| children.iter().any(|row| row.run == *child);
        if let Some((step, child)) = history.run.children().find(|(_, child)| !begun(child)) {
            return Err(Error::Conflict(format!("{step} of run {run} is about to start run {child}")));
        }
        match history.run.depart(by, to.map(str::to_owned)) {
            Ok(Some(event)) => {
                history.add(event, self.now())?;
                told.push((run.clone(), history.record(Recording::Outside, self.journal())?));
            }
            Ok(None) => {}
            // Nothing can come of a child that has ended.
            Err(Rejection::Ended(_)) if has_parent(&history) => {}
            Err(rejection) => return Err(refusal(run, None, rejection)),
        }
        children.iter().try_for_each(|child| self.depart_within(&child.run, (by, to), told))
    }

    fn children_of(&self, run: &RunId) -> store::error::Result<Vec<RunRow>> {
        self.journal().runs(&RunFilter { parent: Some(run.clone()), ..RunFilter::default() })
    }

    /// Says in the lists what the journal of a run says that was brought here, and lets it go on. Called in the
    /// transaction that brings it.
    pub(in crate::drivers::embedded) fn arrive(&self, arrival: &Arrival<'_>) -> Result<(), Error> {
        let Arrival { run, by, dir } = *arrival;
        let mut history = self.load(run)?;
        self.list_anew(&history)?;
        if matches!(history.run.status(), Status::Completed | Status::Cancelled) {
            return Ok(());
        }
        let settings = self.settings();
        let arrived = Arrived {
            by: by.clone(),
            project: settings.project.clone(),
            dir: dir.to_owned(),
            artifacts: self.journal().artifacts(run).display().to_string(),
            servers: settings.hands.servers.iter().map(|server| server.name.clone()).collect(),
            asks_models: settings.hands.can_ask_models(dir),
        };
        history.add(Event::Arrived(Box::new(arrived)), self.now())?;
        history.record(Recording::Outside, self.journal())?;
        Ok(())
    }

    /// Says in the lists what the journal of a run says, in one transaction.
    pub(in crate::drivers::embedded) fn rebuild(&self, run: &RunId) -> Result<(), Error> {
        let mut rebuilt = Ok(());
        self.journal().together(&mut || {
            rebuilt = self.load(run).map_err(Error::from).and_then(|history| self.list_anew(&history));
            Ok(if rebuilt.is_ok() { Stays::All } else { Stays::Nothing })
        })?;
        rebuilt
    }

    fn list_anew(&self, history: &History) -> Result<(), Error> {
        let parent = self.parent_knows(history)?;
        // Late submits of what was settled long ago, or elsewhere, are told so.
        let mut known = Vec::new();
        for row in every_action(&history.run) {
            if self.journal().action_run(&row.action)?.is_none() {
                known.push(row);
            }
        }
        history.restate(self.journal(), parent, Some(&known))?;
        history.restate(self.journal(), parent, None)?;
        Ok(())
    }

    /// Whether the parent of a run that has ended waits for it no longer.
    pub(super) fn parent_knows(&self, history: &History) -> Result<ParentKnows, Error> {
        let started = history.run.started();
        let Some(parent) = started.and_then(|started| started.parent.as_ref()) else {
            return Ok(ParentKnows::Yes);
        };
        let child = history.run.id();
        let waits = match self.load(&parent.run) {
            Ok(parent) => parent.run.children().any(|(_, waited)| Some(waited) == child),
            // One that can't be read is not this run's trouble.
            Err(store::Error::NotFound { .. } | store::Error::Damaged { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        Ok(if waits { ParentKnows::No } else { ParentKnows::Yes })
    }
}

fn has_parent(history: &History) -> bool {
    history.run.started().is_some_and(|started| started.parent.is_some())
}
