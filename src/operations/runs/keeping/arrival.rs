//! Bringing the runs of a bundle into a project: how far each is here already, and what is missing.

use super::import::taken;
use crate::drivers::driver::Arrival;
use crate::engine::event::{PlanHash, RunId};
use crate::engine::status::Status;
use crate::operations::runs::bundle::entry_of;
use crate::operations::runs::bundle::{Bundle, BundledRun, Checked};
use crate::operations::{Context, Error, Hint, Kind, Project};
use crate::store;
use crate::store::artifact::Folder;
use crate::store::format::{CitedFile, hex};
use crate::store::journal::{RunRow, Stays};
use std::collections::BTreeMap;

/// How far a run of a bundle is here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Absent,
    /// It left here after this event.
    Behind {
        seq: u64,
    },
    /// With all that the bundle has of it, and perhaps more.
    Here,
}

pub fn compare(project: &Project, bundle: &Bundle, checked: &[Checked]) -> Result<Vec<Standing>, Error> {
    let standings = bundle.head.runs.iter().zip(checked).map(|(run, checked)| stands(project, run, checked));
    let standings: Vec<Standing> = standings.collect::<Result<_, _>>()?;
    // A part of a run that came another way belongs to another run.
    let is_new = standings[0] == Standing::Absent;
    for (standing, run) in standings.iter().zip(&bundle.head.runs) {
        if is_new && *standing != Standing::Absent {
            let id = RunId::new(&run.run);
            return Err(taken(&id, "it is here already, and the run it is a part of is not"));
        }
    }
    Ok(standings)
}

fn stands(project: &Project, run: &BundledRun, checked: &Checked) -> Result<Standing, Error> {
    let id = RunId::new(&run.run);
    let head = match project.maintenance.head(&id) {
        Err(store::Error::NotFound { .. }) => return Ok(Standing::Absent),
        head => head?,
    };
    let row = project.journal.run(&id)?;
    let has_left = row.status == Status::Moved.as_str();
    if let Some((_, link)) = checked.ends.iter().find(|(seq, _)| *seq == head.seq) {
        if hex(link) != head.chain {
            return Err(taken(&id, "another run has its id here"));
        }
        return match (has_left, head.seq == run.events) {
            (true, _) => Ok(Standing::Behind { seq: head.seq }),
            (false, true) => Ok(Standing::Here),
            (false, false) => {
                let why =
                    format!("it goes on here, after event {}, and went another way in the bundle", head.seq);
                Err(taken(&id, &why))
            }
        };
    }
    match link_at(project, &id, run.events)? {
        Some(link) if link == run.chain && has_left => {
            Err(taken(&id, "it left here again since, so this is not its latest bundle"))
        }
        Some(link) if link == run.chain => Ok(Standing::Here),
        _ => Err(taken(&id, "another run has its id here, or it went another way since")),
    }
}

/// The link of the entry here that ends with this event.
fn link_at(project: &Project, run: &RunId, seq: u64) -> Result<Option<String>, Error> {
    let mut after = 0;
    while after < seq {
        let page = project.maintenance.entries(run, after)?;
        let Some(last) = page.last() else { break };
        after = last.seq + last.count.max(1) - 1;
        let found = page.iter().find(|entry| entry.seq + entry.count.max(1) - 1 == seq);
        if let Some(entry) = found {
            return Ok(Some(entry.chain.clone()));
        }
    }
    Ok(None)
}

pub struct Bringing<'a> {
    pub bundle: &'a Bundle,
    pub checked: &'a [Checked],
    pub standings: &'a [Standing],
}

impl Bringing<'_> {
    /// Files first, for an entry must not refer to what is not there; then all entries in one transaction. How many
    /// events were new. If that fails, the files go again, but for those of a run that another import brought meanwhile.
    pub fn bring(&self, context: &Context, project: &Project, dir: &str) -> Result<u64, Error> {
        let brought = self.bring_artifacts(project).and_then(|()| self.bring_runs(context, project, dir));
        if brought.is_err() {
            for (run, _, standing) in self.runs() {
                if standing == Standing::Absent {
                    project.maintenance.remove_artifacts(&RunId::new(&run.run))?;
                }
            }
        }
        brought
    }

    fn runs(&self) -> impl Iterator<Item = (&BundledRun, &Checked, Standing)> {
        let runs = self.bundle.head.runs.iter().zip(self.checked).zip(self.standings);
        runs.map(|((run, checked), standing)| (run, checked, *standing))
    }

    fn bring_artifacts(&self, project: &Project) -> Result<(), Error> {
        for (run, ..) in self.runs() {
            let folder = Folder::at(project.journal.artifacts(&RunId::new(&run.run)));
            for file in &run.artifacts {
                let cited = CitedFile::from(file.clone());
                let take = || Ok::<_, Error>(folder.take(&cited, &mut self.bundle.content(&file.hash)?)?);
                // Whoever prunes the run may take the folder away in between.
                take().or_else(|_| take())?;
            }
        }
        Ok(())
    }

    fn has_artifacts(&self, project: &Project) -> bool {
        self.runs().all(|(run, ..)| {
            let folder = Folder::at(project.journal.artifacts(&RunId::new(&run.run)));
            run.artifacts.iter().all(|file| folder.has(&CitedFile::from(file.clone())))
        })
    }

    fn bring_runs(&self, context: &Context, project: &Project, dir: &str) -> Result<u64, Error> {
        let driver = project.driver()?;
        let mut brought = Ok(0);
        project.journal.together(&mut || {
            brought = self.bring_all(project).and_then(|events| {
                for (run, _, standing) in self.runs() {
                    if standing != Standing::Here {
                        let run = RunId::new(&run.run);
                        let arrival = Arrival { run: &run, by: &context.actor, dir };
                        driver.arrive(&arrival).map_err(|error| unwelcome(&run, error))?;
                    }
                }
                Ok(events)
            });
            Ok(if brought.is_ok() { Stays::All } else { Stays::Nothing })
        })?;
        brought
    }

    fn bring_all(&self, project: &Project) -> Result<u64, Error> {
        // Looked at once more, now that nobody else writes: whoever prunes takes files away in a transaction, too.
        let moved_on = compare(project, self.bundle, self.checked)? != self.standings;
        if moved_on || !self.has_artifacts(project) {
            return Err(
                Error::new(Kind::Conflict, "the runs here moved on meanwhile").hint("repeat the command")
            );
        }
        let mut plans = BTreeMap::new();
        for hash in &self.bundle.head.plans {
            plans.insert(hash.as_str(), PlanHash::new(hash));
            project.journal.keep_plan(&plans[hash.as_str()], &self.bundle.plan(hash)?)?;
        }
        let mut events = 0;
        for (run, checked, standing) in self.runs() {
            let after = match standing {
                Standing::Here => continue,
                Standing::Behind { seq } => seq,
                Standing::Absent => {
                    project.maintenance.bring(&row(run, checked), &plans[run.plan.as_str()])?;
                    0
                }
            };
            events += self.bring_entries(project, run, after)?;
        }
        Ok(events)
    }

    fn bring_entries(&self, project: &Project, run: &BundledRun, after: u64) -> Result<u64, Error> {
        let (id, mut lines, mut events) = (RunId::new(&run.run), self.bundle.lines(&run.run)?, 0);
        while let Some(line) = lines.next()? {
            let entry = entry_of(&line).map_err(Error::input)?;
            if entry.seq > after {
                project.maintenance.bring_entry(&id, &entry)?;
                events += entry.count;
            }
        }
        Ok(events)
    }
}

/// The driver says in the same transaction what lists are to say of it.
fn row(run: &BundledRun, checked: &Checked) -> RunRow {
    RunRow {
        run: RunId::new(&run.run),
        workflow: run.workflow.clone(),
        version: None,
        status: run.status.clone(),
        current_step: None,
        steps_done: 0,
        steps_total: 0,
        pending: 0,
        error: None,
        started_at: 0,
        updated_at: 0,
        ended_at: None,
        due: None,
        ready: false,
        parent: run.parent.as_ref().map(RunId::new),
        started_by: checked.started.by.name.clone(),
        labels: run.labels.clone(),
        work_item: checked.started.work_item.clone(),
    }
}

fn unwelcome(run: &RunId, error: crate::drivers::driver::Error) -> Error {
    match error {
        crate::drivers::driver::Error::Store(store::Error::IdTaken(action)) => Error::new(
            Kind::Conflict,
            format!("run {run} can't be imported: an action here is called {action}, too"),
        )
        .hint(Hint::call("settle that one first, then repeat this", "get_action").with("action", action)),
        other => other.into(),
    }
}
