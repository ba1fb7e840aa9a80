//! A run made from another: its first transition holds all that it takes over.

use crate::drivers::driver::{Again, Beside, Branch, Branched, Error, Purpose};
use crate::drivers::embedded::history::{History, Recording};
use crate::drivers::embedded::outside::{invalid_beginning, refusal};
use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{Event, Origin, PlanHash, RunId};
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
            let mut from = self.load(&branch.from)?;
            refuse_children(branch, &from.run)?;
            let id = RunId::new(format!("r-{}", self.settings().entropy.word(6)));
            let mut history = self.made_from(&from.run, branch, (&id, &hash))?;
            let (again, gone) = history.run.not_taken_over(&from.run);
            let (kept, seen) = (history.run.inherited(), from.run.seq());
            let told = Branched { run: None, seen, kept, again, gone };
            let kept = match branch.purpose {
                Purpose::Look => return Ok(told),
                Purpose::Fork => self.keep_new(&mut history, &branch.plan, &hash, None).map(drop),
                Purpose::Continue { seen } => {
                    self.continue_as(&mut history, &mut from, branch, (seen, &hash))
                }
            };
            match kept {
                Ok(()) => return Ok(Branched { run: Some(id), ..told }),
                Err(Error::Store(store::Error::Exists { .. })) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A run that goes on in place of another, and the end of that one, are one transaction.
    fn continue_as(
        self: &Arc<Self>,
        history: &mut History,
        from: &mut History,
        branch: &Branch,
        (seen, hash): (u64, &PlanHash),
    ) -> Result<(), Error> {
        let (run, actual) = (branch.from.to_string(), from.run.seq());
        if actual != seen {
            return Err(store::Error::Conflict { run, expected: seen, actual }.into());
        }
        let mut ended = Err(Error::Conflict(format!("{run} was not continued")));
        let mut end = |id: &RunId| {
            ended = self.end_as(from, branch, id);
            Ok(ended.is_ok())
        };
        let beside: Beside<'_> = &mut end;
        self.keep_new(history, &branch.plan, hash, Some(beside))?;
        ended
    }

    /// Compared and appended, like everything from outside.
    fn end_as(&self, from: &mut History, branch: &Branch, to: &RunId) -> Result<(), Error> {
        let departs = from.run.depart(&branch.by, Some(to.to_string()));
        let event = departs.map_err(|rejection| refusal(&branch.from, None, rejection))?;
        let Some(event) = event else {
            return Err(Error::Conflict(format!("run {} goes on elsewhere already", branch.from)));
        };
        from.add(event, self.now())?;
        from.record(Recording::Outside, self.journal())?;
        Ok(())
    }

    /// Nothing of it is durable yet.
    fn made_from(
        &self,
        from: &Run,
        branch: &Branch,
        (id, hash): (&RunId, &PlanHash),
    ) -> Result<History, Error> {
        let Some(before) = from.started() else {
            return Err(Error::NotFound { what: "run", name: branch.from.to_string() });
        };
        let step = match &branch.again {
            Again::From(step) => Some(step.clone()),
            Again::Everything | Again::Changed => None,
        };
        let continues = matches!(branch.purpose, Purpose::Continue { .. });
        let beginning = Beginning {
            inputs: branch.inputs.clone(),
            labels: before.labels.clone(),
            work_item: before.work_item.clone(),
            no_cache: before.no_cache,
            origin: Some(Origin { run: branch.from.clone(), step, continues }),
            ..self.beginning(id.clone(), hash, &branch.dir, &branch.by)
        };
        let started = begin(&branch.plan, beginning).map_err(|failure| invalid_beginning(&failure))?;
        let mut heir = Heir::new(from, &branch.again)
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
        let output = match event {
            Event::Inherited { output, .. } | Event::Finished { output, .. } => output,
            Event::Failed { error, .. } => match &mut error.output {
                Some(output) => output.as_mut(),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let folder = self.journal().artifacts(run);
        let files = output.move_files(&folder);
        let folder = Folder::at(folder);
        files.iter().try_for_each(|file| folder.adopt(file))
    }
}

/// What a child does can't be taken over by another plan before it is done.
fn refuse_children(branch: &Branch, from: &Run) -> Result<(), Error> {
    match from.children().next() {
        Some((step, child)) if branch.again == Again::Changed => {
            let message = format!("run {child}, a part of run {} at {step}, goes on", branch.from);
            Err(Error::Conflict(message))
        }
        _ => Ok(()),
    }
}
