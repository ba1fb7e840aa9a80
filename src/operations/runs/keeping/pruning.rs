//! Which runs go, and taking them away: whole families, a few at a time, each of them looked at again in the
//! transaction that takes it.

use super::prune::PrunedRuns;
use crate::engine::event::RunId;
use crate::engine::status::Status;
use crate::operations::runs::UNFINISHED;
use crate::operations::{Error, Project};
use crate::store;
use crate::store::journal::{RunFilter, RunRow, Stays};

/// What one transaction takes at the most, unless one family has more: others wait for it.
const BATCH_EVENTS_MAX: u64 = 5_000;
const BATCH_FAMILIES_MAX: usize = 100;
const PAGE: usize = 500;
const TOLD_MAX: usize = 20;
/// How long nothing happened in a folder of artifacts that belongs to no run, for it to be what a killed process has left.
const ABANDONED_MS: i64 = 24 * 60 * 60 * 1_000;

/// A run that somebody started, with all below it, each after its parent.
type Family = Vec<RunRow>;

#[derive(Debug, Default)]
pub struct Choice {
    families: Vec<Family>,
    kept_live: u64,
}

/// Newest first; of those that fit, the first `keep` stay.
pub fn choose(
    project: &Project,
    status: Vec<String>,
    before: Option<i64>,
    keep: usize,
) -> Result<Choice, Error> {
    let mut choice = Choice::default();
    let mut filter = RunFilter { status, limit: Some(PAGE), ..RunFilter::default() };
    let mut fitting = 0;
    loop {
        let page = project.journal.runs(&filter)?;
        for row in &page {
            let ended = row.ended_at.unwrap_or(row.updated_at);
            if before.is_some_and(|before| ended >= before) || is_child(project, row)? {
                continue;
            }
            fitting += 1;
            if fitting <= keep {
                continue;
            }
            let Some(family) = family(project, &row.run)? else { continue };
            if family.iter().any(may_go_on) {
                choice.kept_live += 1;
            } else {
                choice.families.push(family);
            }
        }
        filter.before = page.last().map(|row| row.run.clone());
        if filter.before.is_none() {
            return Ok(choice);
        }
    }
}

/// A child goes with its parent, and never without.
fn is_child(project: &Project, row: &RunRow) -> Result<bool, Error> {
    let Some(parent) = &row.parent else { return Ok(false) };
    match project.journal.run(parent) {
        Err(store::Error::NotFound { .. }) => Ok(false),
        found => Ok(found.map(|_| true)?),
    }
}

/// `None` where somebody else pruned it meanwhile.
fn family(project: &Project, root: &RunId) -> store::error::Result<Option<Family>> {
    match project.journal.family(root) {
        Err(store::Error::NotFound { .. }) => Ok(None),
        family => family.map(Some),
    }
}

fn may_go_on(row: &RunRow) -> bool {
    UNFINISHED.contains(&row.status.as_str())
        || (row.ended_at.is_none() && row.status != Status::Moved.as_str())
}

pub struct Pruning<'p> {
    project: &'p Project,
    now: i64,
    by: &'p str,
    pruned: PrunedRuns,
}

impl<'p> Pruning<'p> {
    pub fn of(project: &'p Project, now: i64, by: &'p str) -> Self {
        let pruned = PrunedRuns {
            dry_run: false,
            runs: 0,
            events: 0,
            journal_bytes: 0,
            artifact_bytes: 0,
            plans: 0,
            run_ids: Vec::new(),
            kept_live: 0,
        };
        Self { project, now, by, pruned }
    }

    /// What was taken away, for the record.
    pub fn target(&self) -> String {
        let PrunedRuns { runs, run_ids, .. } = &self.pruned;
        match (run_ids.as_slice(), *runs) {
            ([], _) => "no run".to_owned(),
            (ids, runs) if ids.len() as u64 == runs => ids.join(", "),
            (ids, runs) => format!("{}: {runs} runs in all", ids.join(", ")),
        }
    }

    /// What would be taken away; nothing is.
    pub fn foresee(self, choice: &Choice) -> Result<PrunedRuns, Error> {
        let mut pruned = PrunedRuns { dry_run: true, kept_live: choice.kept_live, ..self.pruned };
        for family in &choice.families {
            for row in family {
                let kept = self.project.maintenance.weigh(&row.run)?;
                pruned.runs += 1;
                pruned.events += kept.events;
                pruned.journal_bytes += kept.bytes;
                pruned.artifact_bytes += kept.artifact_bytes;
            }
            tell(&mut pruned, family);
        }
        let going: Vec<RunId> = choice.families.iter().flatten().map(|row| row.run.clone()).collect();
        pruned.plans = self.project.maintenance.plans_without(&going)?;
        Ok(pruned)
    }

    /// Whatever stops it, what was taken away until then is gone whole, and the rest is whole.
    pub fn carry_out(&mut self, choice: &Choice) -> Result<PrunedRuns, Error> {
        self.pruned.kept_live = choice.kept_live;
        let mut left = choice.families.as_slice();
        while !left.is_empty() {
            let batch = self.batch(left)?;
            let (now, later) = left.split_at(batch);
            self.take_away(now)?;
            left = later;
        }
        self.pruned.plans = self.project.maintenance.remove_plans()?;
        for run in self.project.maintenance.abandoned_artifacts(self.now.saturating_sub(ABANDONED_MS))? {
            self.pruned.artifact_bytes += self.project.maintenance.remove_artifacts(&run)?;
        }
        Ok(self.pruned.clone())
    }

    fn batch(&self, families: &[Family]) -> Result<usize, Error> {
        let (mut events, mut count) = (0, 0);
        for family in families.iter().take(BATCH_FAMILIES_MAX) {
            for row in family {
                events += match self.project.maintenance.head(&row.run) {
                    Err(store::Error::NotFound { .. }) => 0,
                    head => head?.seq,
                };
            }
            if count > 0 && events > BATCH_EVENTS_MAX {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    fn take_away(&mut self, families: &[Family]) -> Result<(), Error> {
        let mut done = self.pruned.clone();
        let mut gone: Vec<RunId> = Vec::new();
        self.project.journal.together(&mut || {
            for family in families {
                if !self.is_unchanged(family)? {
                    done.kept_live += 1;
                    continue;
                }
                for row in family {
                    let removed = self.project.maintenance.remove(&row.run, self.now, self.by)?;
                    done.runs += 1;
                    done.events += removed.events;
                    done.journal_bytes += removed.bytes;
                    gone.push(row.run.clone());
                }
                tell(&mut done, family);
            }
            Ok(Stays::All)
        })?;
        self.pruned = done;
        for run in &gone {
            self.pruned.artifact_bytes += self.project.maintenance.remove_artifacts(run)?;
        }
        Ok(())
    }

    /// Nobody retried, carries or pruned anything of it, and no child came since.
    fn is_unchanged(&self, seen: &Family) -> store::error::Result<bool> {
        if family(self.project, &seen[0].run)?.as_ref() != Some(seen) {
            return Ok(false);
        }
        for row in seen {
            if self.project.maintenance.head(&row.run)?.owner.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn tell(pruned: &mut PrunedRuns, family: &Family) {
    if let Some(root) = family.first().filter(|_| pruned.run_ids.len() < TOLD_MAX) {
        pruned.run_ids.push(root.run.to_string());
    }
}
