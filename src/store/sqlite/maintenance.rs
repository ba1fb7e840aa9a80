//! The health of a project's file, of a run's chain in it, and runs as they are kept.

use super::file::connection::{self, Outcome};
use super::file::removal;
use super::home::{Project, is_file_name};
use super::rows::{cache, entries, kept, runs};
use crate::engine::event::{PlanHash, RunId};
use crate::store::error::{Error, Result};
use crate::store::format::{self, FIRST_LINK, hex};
use crate::store::journal::{CacheRow, RunRow};
use crate::store::maintenance::{BrokenLink, Head, Health, KeptEntry, Maintenance, Removed, RemovedRow};
use rusqlite::Connection;
use std::path::Path;

/// Before the id of a run whose files are being taken away; no id begins so.
const ASIDE: &str = ".removed-";

impl Maintenance for Project {
    fn check(&self) -> Result<Health> {
        let database = self.database();
        let path = database.path().display().to_string();
        let checked = database.read(|connection| {
            let mut statement = connection.prepare("PRAGMA quick_check")?;
            let lines =
                statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
            Ok((connection::format(connection)?, lines))
        });
        let (format, problems) = match checked {
            Ok((format, lines)) => (format, lines.into_iter().filter(|line| line != "ok").collect()),
            Err(Error::Damaged { reason, .. }) => (0, vec![reason]),
            Err(error) => return Err(error),
        };
        let bytes = database.path().symlink_metadata().map_or(0, |file| file.len());
        Ok(Health { path, format, bytes, problems })
    }

    fn verify(&self, run: &RunId) -> Result<Option<BrokenLink>> {
        let mut next = 1;
        let checked = self.database().read(|connection| self.follow(connection, run, &mut next));
        match self.unless_gone(run, checked) {
            Err(Error::Damaged { path, reason }) => {
                let artifact =
                    Path::new(&path).starts_with(self.artifact_folder(run).path()).then(|| path.clone());
                let said = ("an entry that can be read".to_owned(), reason.clone());
                Ok(Some(BrokenLink { artifact, ..link(next, &format!("{path}: {reason}"), said) }))
            }
            checked => checked,
        }
    }

    fn head(&self, run: &RunId) -> Result<Head> {
        self.database().read(|connection| {
            let head = runs::head(connection, run)?;
            let sql = "SELECT plan FROM runs WHERE id = ?1";
            let plan: String = connection.prepare_cached(sql)?.query_row([head.id], |row| row.get(0))?;
            let (chain, plan) = (hex(&head.chain), PlanHash::new(plan));
            Ok(Head { seq: head.seq, chain, plan, owner: head.owner })
        })
    }

    fn entries(&self, run: &RunId, after: u64) -> Result<Vec<KeptEntry>> {
        self.database().read(|connection| kept::page(connection, run, after))
    }

    fn bring(&self, row: &RunRow, plan: &PlanHash) -> Result<()> {
        let name = row.run.to_string();
        if !is_file_name(&name) {
            let reason = "a run's id has letters, digits, '-' and '_' only".to_owned();
            return Err(Error::Io { path: name, reason });
        }
        let (row, plan) = (row.clone(), plan.clone());
        self.database().writer.write(move |connection| {
            if runs::exists(connection, &row.run)? {
                return Err(Error::Exists { what: "run", name: row.run.to_string() }.into());
            }
            runs::insert(connection, &row, &plan, None)?;
            Ok(())
        })
    }

    fn bring_entry(&self, run: &RunId, entry: &KeptEntry) -> Result<()> {
        let (run, entry) = (run.clone(), entry.clone());
        self.database().writer.write(move |connection| kept::append(connection, &run, &entry))
    }

    fn cached(&self, run: &RunId) -> Result<Vec<CacheRow>> {
        self.database().read(|connection| cache::of_run(connection, run))
    }

    fn forget_cached(&self, run: &RunId) -> Result<()> {
        let run = run.clone();
        self.database().writer.write(move |connection| cache::forget(connection, &run))
    }

    fn weigh(&self, run: &RunId) -> Result<Removed> {
        let weighed = self.database().read(|connection| kept::weigh(connection, run))?;
        Ok(Removed { artifact_bytes: removal::size(self.artifact_folder(run).path()), ..weighed })
    }

    fn plans_without(&self, runs: &[RunId]) -> Result<u64> {
        self.database().read(|connection| kept::plans_without(connection, runs))
    }

    fn remove(&self, run: &RunId, at: i64, by: &str) -> Result<Removed> {
        let (run, by) = (run.clone(), by.to_owned());
        self.database().writer.write(move |connection| kept::remove(connection, &run, at, &by))
    }

    fn remove_plans(&self) -> Result<u64> {
        self.database().writer.write(kept::remove_plans)
    }

    fn remove_artifacts(&self, run: &RunId) -> Result<u64> {
        let (run, folder) = (run.clone(), self.artifact_folder(run));
        let aside = folder.path().with_file_name(format!("{ASIDE}{run}"));
        // Whoever brings the run again looks for its files in a transaction, too, and may be writing them.
        self.database().writer.write(move |connection| {
            let wrong = |error: std::io::Error| Error::of_io(folder.path(), &error);
            let left = removal::size(&aside);
            removal::remove(&aside).map_err(wrong)?;
            if runs::exists(connection, &run)? {
                return Ok(left);
            }
            removal::put_aside(folder.path(), &aside).map_err(wrong)?;
            let bytes = left + removal::size(&aside);
            removal::remove(&aside).map_err(wrong)?;
            Ok(bytes)
        })
    }

    fn abandoned_artifacts(&self, before: i64) -> Result<Vec<RunId>> {
        let folder = self.artifact_folder(&RunId::new("none"));
        let all = folder.path().parent().unwrap_or(folder.path());
        let mut names = removal::untouched(all, before).map_err(|error| Error::of_io(all, &error))?;
        for name in &mut names {
            if let Some(run) = name.strip_prefix(ASIDE) {
                *name = run.to_owned();
            }
        }
        names.retain(|name| is_file_name(name));
        let found = names.into_iter().map(RunId::new).filter_map(|run| {
            let known = self.database().read(|connection| runs::exists(connection, &run));
            known.map(|known| (!known).then_some(run)).transpose()
        });
        found.collect()
    }

    fn removed(&self, run: &RunId) -> Result<Option<RemovedRow>> {
        self.database().read(|connection| kept::removed(connection, run))
    }
}

impl Project {
    /// A run that was taken away while it was read is not damaged.
    pub(super) fn unless_gone<T>(&self, run: &RunId, read: Result<T>) -> Result<T> {
        match read {
            Err(Error::Damaged { .. })
                if !self.database().read(|connection| runs::exists(connection, run))? =>
            {
                Err(runs::not_found(run))
            }
            read => read,
        }
    }

    /// `next` is the event at which whatever fails has failed.
    fn follow(&self, connection: &Connection, run: &RunId, next: &mut u64) -> Outcome<Option<BrokenLink>> {
        let (folder, place) = (self.artifact_folder(run), self.database().path());
        *next = 1;
        let head = runs::head(connection, run)?;
        let (mut chain, mut broken) = (FIRST_LINK, None);
        entries::visit(connection, run, 0, &mut |entry| {
            if broken.is_some() {
                return Ok(());
            }
            *next = entry.seq;
            chain = format::link(&chain, run, &entry.sealed());
            if chain != entry.chain {
                let reason = "the entry, or its link to those before it, is not what was written";
                broken = Some(link(entry.seq, reason, (hex(&chain), hex(entry.chain))));
                return Ok(());
            }
            entry.decode(place, &|reference| folder.fetch(reference))?;
            for file in format::cited(entry.events, place)?.files {
                folder.check(&file)?;
            }
            *next = entry.seq.saturating_add(entry.count);
            Ok(())
        })?;
        if broken.is_none() && (chain, *next) != (head.chain, head.seq.saturating_add(1)) {
            let told = |seq: u64, chain: &[u8]| format!("{seq} events that end with {}", hex(chain));
            let (expected, got) = (told(*next - 1, &chain), told(head.seq, &head.chain));
            let reason = "the run's row does not end with the journal's last entry";
            broken = Some(link(head.seq, reason, (expected, got)));
        }
        Ok(broken)
    }
}

fn link(seq: u64, reason: &str, (expected, got): (String, String)) -> BrokenLink {
    BrokenLink { seq, reason: reason.to_owned(), expected, got, artifact: None }
}
