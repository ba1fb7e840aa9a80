//! A run made from another: its first transition holds all that it takes over.

use crate::drivers::driver::{Again, Beside, Branch, Branched, Error, Purpose};
use crate::drivers::embedded::history::History;
use crate::drivers::embedded::outside::invalid_beginning;
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{Actor, Event, Origin, PlanHash, RunId};
use crate::engine::run::Run;
use crate::engine::{Beginning, Heir, begin};
use crate::language::plan;
use crate::store;
use crate::store::artifact::Folder;
use std::sync::Arc;

impl Shared {
    pub(in crate::drivers::embedded) fn branch(self: &Arc<Self>, branch: &Branch) -> Result<Branched, Error> {
        let hash = PlanHash::new(plan::hash(&plan::text(&branch.plan)));
        loop {
            let from = self.load(&branch.from)?;
            let id = RunId::new(format!("r-{}", self.settings().entropy.word(6)));
            let mut history = self.made_from(&from, branch, (&id, &hash))?;
            let (again, gone) = history.run.not_taken_over(&from.run);
            let told = Branched { run: None, kept: history.run.inherited(), again, gone };
            if branch.purpose == Purpose::Look {
                return Ok(told);
            }
            match self.keep_branch(&mut history, branch, (&from.run, &hash)) {
                Ok(()) => return Ok(Branched { run: Some(id), ..told }),
                // The id is taken, or the run that is to end has moved on since it was looked at: once more.
                Err(Error::Store(store::Error::Exists { .. } | store::Error::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A run that goes on in place of another, and the end of that one, are one transaction.
    fn keep_branch(
        self: &Arc<Self>,
        history: &mut History,
        branch: &Branch,
        (from, hash): (&Run, &PlanHash),
    ) -> Result<(), Error> {
        let mut trouble = None;
        let mut depart = |id: &RunId| {
            let departed = self.depart_as(from, &branch.by, id);
            trouble = departed.err();
            Ok(trouble.is_none())
        };
        let beside: Option<Beside<'_>> =
            if branch.purpose == Purpose::Continue { Some(&mut depart) } else { None };
        let kept = self.keep_new(history, &branch.plan, hash, beside)?;
        match trouble {
            Some(trouble) => Err(trouble),
            None if kept => Ok(()),
            None => Err(Error::Conflict(format!("{} was not continued", branch.from))),
        }
    }

    /// End a run as it was looked at.
    fn depart_as(&self, from: &Run, by: &Actor, to: &RunId) -> Result<(), Error> {
        let Some(run) = from.id() else { return Ok(()) };
        let (expected, actual) = (from.seq(), self.load(run)?.recorded());
        if expected != actual {
            return Err(store::Error::Conflict { run: run.to_string(), expected, actual }.into());
        }
        self.depart_within(run, by, Some(to.as_str()))
    }

    /// Nothing of it is durable yet.
    fn made_from(
        &self,
        from: &History,
        branch: &Branch,
        (id, hash): (&RunId, &PlanHash),
    ) -> Result<History, Error> {
        let Some(before) = from.run.started() else {
            return Err(Error::NotFound { what: "run", name: branch.from.to_string() });
        };
        let step = match &branch.again {
            Again::From(step) => Some(step.clone()),
            Again::Everything | Again::Changed => None,
        };
        let beginning = Beginning {
            run: id.clone(),
            plan: hash.clone(),
            project: self.settings().project.clone(),
            inputs: branch.inputs.clone(),
            seed: self.draw(),
            by: branch.by.clone(),
            dir: branch.dir.clone(),
            servers: self.hands().servers.iter().map(|server| server.name.clone()).collect(),
            asks_models: self.hands().can_ask_models(&branch.dir),
            lease_ms: self.settings().lease_ms,
            parent: None,
            labels: before.labels.clone(),
            work_item: before.work_item.clone(),
            applied: None,
            keys_above: Vec::new(),
            no_cache: before.no_cache,
            origin: Some(Origin {
                run: branch.from.clone(),
                step,
                continues: branch.purpose == Purpose::Continue,
            }),
        };
        let started = begin(&branch.plan, beginning).map_err(|failure| invalid_beginning(&failure))?;
        let mut heir = Heir::new(&from.run, &branch.again)
            .map_err(|failure| Error::Conflict(format!("{}: {}", branch.from, failure.message)))?;
        let mut history = History::begin(&branch.plan);
        let now = self.now();
        history.add(started, now)?;
        while let Some(mut event) = heir.next(&history.run) {
            if branch.purpose != Purpose::Look {
                self.adopt_files(id, &mut event)?;
            }
            history.add(event, now)?;
        }
        Ok(history)
    }

    /// What it takes over that is in a file stays when the other run goes.
    fn adopt_files(&self, run: &RunId, event: &mut Event) -> store::error::Result<()> {
        let (Event::Inherited { output, .. } | Event::Finished { output, .. }) = event else { return Ok(()) };
        let folder = self.journal().artifacts(run);
        let files = output.move_files(&folder);
        let folder = Folder::at(folder);
        files.iter().try_for_each(|file| folder.adopt(file))
    }
}
