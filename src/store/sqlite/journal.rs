//! The journal of a project, in its file: what is checked and written in one transaction, and what is read.

use super::file::connection::Outcome;
use super::home::{Project, is_file_name};
use super::rows::leases::Claim;
use super::rows::{actions, applications, cache, entries, leases, runs, turns};
use super::work;
use crate::engine::event::{ActionId, Key, PlanHash, Recorded, RunId};
use crate::store::applications::ApplicationRow;
use crate::store::error::{Error, Result};
use crate::store::format;
use crate::store::journal::{
    ActionFilter, ActionRow, CacheRow, Entry, Journal, RunFilter, RunRow, RunTurn, Stays, TurnRow,
};
use rusqlite::{Connection, OptionalExtension};
use std::path::PathBuf;
use std::time::Duration;

impl Journal for Project {
    fn keep_plan(&self, hash: &PlanHash, text: &str) -> Result<()> {
        if self.database().read(|connection| has_plan(connection, hash))? {
            return Ok(());
        }
        let (hash, text) = (hash.clone(), text.to_owned());
        self.database().writer.write(move |connection| {
            let sql = "INSERT OR IGNORE INTO plans (hash, text) VALUES (?1, ?2)";
            connection.prepare_cached(sql)?.execute([hash.as_str(), &text])?;
            Ok(())
        })
    }

    fn plan(&self, hash: &PlanHash) -> Result<String> {
        let text = self.database().read(|connection| {
            let sql = "SELECT text FROM plans WHERE hash = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([hash.as_str()], |row| row.get(0)).optional()?)
        })?;
        text.ok_or_else(|| no_plan(hash))
    }

    fn create(&self, entry: &Entry<'_>, plan: &PlanHash) -> Result<()> {
        if !is_file_name(entry.run.as_str()) {
            let reason = "a run's id has letters, digits, '-' and '_' only".to_owned();
            return Err(Error::Io { path: entry.run.to_string(), reason });
        }
        let transition = self.prepare(entry)?;
        let plan = plan.clone();
        self.database().writer.write(move |connection| transition.create(connection, &plan))
    }

    fn append(&self, entry: &Entry<'_>) -> Result<()> {
        let transition = self.prepare(entry)?;
        self.database().writer.write(move |connection| transition.append(connection))
    }

    fn rewrite(&self, entry: &Entry<'_>) -> Result<()> {
        let transition = self.prepare(&Entry { events: &[], ..*entry })?;
        self.database().writer.write(move |connection| transition.restate(connection))
    }

    fn read(&self, run: &RunId, after: u64) -> Result<Vec<Recorded>> {
        let folder = self.artifact_folder(run);
        self.unless_gone(run, self.events(run, after, &|reference| folder.fetch(reference)))
    }

    fn skim(&self, run: &RunId) -> Result<Vec<Recorded>> {
        self.events(run, 0, &|_| Ok("null".to_owned()))
    }

    fn claim(&self, run: &RunId, owner: &str, now: i64, lease: Duration) -> Result<bool> {
        let (run, owner, owners) = (run.clone(), owner.to_owned(), self.owners().clone());
        let until = after(now, lease);
        self.database().writer.write(move |connection| {
            leases::claim(connection, &run, &Claim { owner: &owner, now, until }, &owners)
        })
    }

    fn renew(&self, owner: &str, now: i64, lease: Duration) -> Result<Vec<RunId>> {
        let (owner, until) = (owner.to_owned(), after(now, lease));
        self.database().writer.write(move |connection| {
            let held = leases::held(connection, &owner)?;
            if !held.is_empty() {
                leases::believe(connection, &Claim { owner: &owner, now, until })?;
            }
            Ok(held)
        })
    }

    fn release(&self, run: &RunId, owner: &str) -> Result<()> {
        let (run, owner) = (run.clone(), owner.to_owned());
        self.database().writer.write(move |connection| leases::release(connection, &run, &owner))
    }

    fn is_gone(&self, owner: &str) -> bool {
        !self.owners().is_alive(owner)
    }

    fn run(&self, run: &RunId) -> Result<RunRow> {
        self.database().read(|connection| runs::get(connection, run))
    }

    fn runs_by_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<RunId>> {
        let ask = || self.database().read(|connection| runs::by_prefix(connection, prefix, limit));
        if self.database().is_held_here() {
            return ask();
        }
        self.named().get(&self.database().watch, (prefix.to_owned(), limit), ask)
    }

    fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRow>> {
        self.database().read(|connection| runs::list(connection, filter))
    }

    fn family(&self, run: &RunId) -> Result<Vec<RunRow>> {
        self.database().read(|connection| runs::family(connection, run))
    }

    fn count_runs(&self) -> Result<Vec<(String, u64)>> {
        self.database().read(runs::count)
    }

    fn ready(&self, now: i64) -> Result<Vec<RunRow>> {
        self.database().read(|connection| {
            let mut dead = Vec::new();
            for owner in leases::owners(connection)? {
                if !leases::is_alive(connection, &owner, now, self.owners())? {
                    dead.push(owner);
                }
            }
            runs::ready(connection, now, &dead)
        })
    }

    fn maker(&self, digest: &str) -> Result<Option<(RunId, Key)>> {
        self.database().read(|connection| cache::get(connection, digest))
    }

    fn turns(&self, key: &str) -> Result<Vec<RunTurn>> {
        self.database().read(|connection| turns::of_key(connection, key))
    }

    fn anybody_waits_for_a_turn(&self) -> Result<bool> {
        self.database().read(turns::anybody_waits)
    }

    fn next_due(&self) -> Result<Option<i64>> {
        self.database().read(runs::next_due)
    }

    fn actions(&self, filter: &ActionFilter) -> Result<Vec<ActionRow>> {
        self.database().read(|connection| actions::list(connection, filter))
    }

    fn action_run(&self, action: &ActionId) -> Result<Option<RunId>> {
        self.database().read(|connection| actions::run_of(connection, action))
    }

    fn together(&self, work: &mut dyn FnMut() -> Result<Stays>) -> Result<()> {
        self.database().writer.together(work)
    }

    fn version(&self) -> Result<u64> {
        self.database().watch.version()
    }

    fn wait_change(&self, seen: u64, timeout: Duration) -> Result<bool> {
        self.database().watch.wait_change(seen, timeout)
    }

    fn artifacts(&self, run: &RunId) -> PathBuf {
        self.artifact_folder(run).path().to_owned()
    }
}

/// An entry made ready for the writer: encoded, its large values durable, and owned, for another thread may commit it.
struct Transition {
    run: RunId,
    after: u64,
    owner: Option<String>,
    at: i64,
    count: u64,
    events: String,
    row: RunRow,
    actions: Option<Vec<ActionRow>>,
    application: Option<ApplicationRow>,
    turn: Option<TurnRow>,
    cached: Vec<CacheRow>,
}

impl Project {
    /// The events after `after`; `fetch` says what a large value is.
    fn events(
        &self,
        run: &RunId,
        after: u64,
        fetch: &dyn Fn(&format::Reference) -> Result<String>,
    ) -> Result<Vec<Recorded>> {
        self.database().read(|connection| {
            let mut recorded = Vec::new();
            entries::visit(connection, run, after, &mut |entry| {
                let events = entry.decode(self.database().path(), fetch)?;
                let numbered = (entry.seq..).zip(events).filter(|(seq, _)| *seq > after);
                recorded.extend(numbered.map(|(seq, event)| Recorded { seq, at: entry.at, event }));
                Ok(())
            })?;
            Ok(recorded)
        })
    }

    fn prepare(&self, entry: &Entry<'_>) -> Result<Transition> {
        let folder = self.artifact_folder(entry.run);
        Ok(Transition {
            run: entry.run.clone(),
            after: entry.after,
            owner: entry.owner.map(str::to_owned),
            at: entry.at,
            count: entry.events.len() as u64,
            events: format::encode(entry.events, &|value| folder.keep(value))?,
            row: entry.row.clone(),
            actions: entry.actions.map(<[ActionRow]>::to_vec),
            application: entry.application.cloned(),
            turn: entry.turn.cloned(),
            cached: entry.cached.to_vec(),
        })
    }
}

impl Transition {
    fn create(&self, connection: &Connection, plan: &PlanHash) -> Outcome<()> {
        if runs::exists(connection, &self.run)? {
            return Err(Error::Exists { what: "run", name: self.run.to_string() }.into());
        }
        if !has_plan(connection, plan)? {
            return Err(no_plan(plan).into());
        }
        let change = self.actions.as_deref().map(|rows| actions::plan(connection, None, rows)).transpose()?;
        let owner = self.owner.as_deref();
        if let Some(owner) = owner {
            let until = self.at.saturating_add(leases::FIRST_LEASE_MS);
            leases::believe(connection, &Claim { owner, now: self.at, until })?;
        }
        runs::insert(connection, &self.row, plan, owner)?;
        work::follow(connection, &self.row, None)?;
        self.write(connection, &runs::head(connection, &self.run)?, change.as_ref())
    }

    fn append(&self, connection: &Connection) -> Outcome<()> {
        let head = runs::head(connection, &self.run)?;
        if self.owner.is_some() && self.owner != head.owner {
            return Err(Error::NotOwner { run: self.run.to_string() }.into());
        }
        self.check_place(&head)?;
        let rows = self.actions.as_deref();
        let change = rows.map(|rows| actions::plan(connection, Some(head.id), rows)).transpose()?;
        self.write(connection, &head, change.as_ref())
    }

    fn restate(&self, connection: &Connection) -> Outcome<()> {
        let head = runs::head(connection, &self.run)?;
        self.check_place(&head)?;
        let rows = self.actions.as_deref();
        let change = rows.map(|rows| actions::plan(connection, Some(head.id), rows)).transpose()?;
        runs::restate(connection, head.id, &self.row)?;
        self.write(connection, &head, change.as_ref())
    }

    fn check_place(&self, head: &runs::Head) -> Result<()> {
        if head.seq == self.after {
            return Ok(());
        }
        Err(Error::Conflict { run: self.run.to_string(), expected: self.after, actual: head.seq })
    }

    /// Everything has been checked: from here on only the database itself can fail.
    fn write(
        &self,
        connection: &Connection,
        head: &runs::Head,
        change: Option<&actions::Change<'_>>,
    ) -> Outcome<()> {
        let mut chain = head.chain;
        if self.count > 0 {
            let Self { run, at, count, events, .. } = self;
            chain =
                entries::insert(connection, head, &entries::Entry { run, at: *at, count: *count, events })?;
        }
        runs::advance(connection, head, (head.seq + self.count, &chain), &self.row)?;
        if head.status != self.row.status {
            work::follow(connection, &self.row, Some(&head.status))?;
        }
        if let Some(application) = &self.application {
            applications::put(connection, application)?;
        }
        if let Some(turn) = &self.turn {
            turns::put(connection, head.id, Some(turn).filter(|_| self.row.ended_at.is_none()))?;
        }
        for row in &self.cached {
            cache::put(connection, head.id, row)?;
        }
        change.map_or(Ok(()), |change| actions::apply(connection, head.id, change))
    }
}

fn has_plan(connection: &Connection, hash: &PlanHash) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM plans WHERE hash = ?1")?.exists([hash.as_str()])?)
}

fn no_plan(hash: &PlanHash) -> Error {
    Error::NotFound { what: "plan", name: hash.to_string() }
}

fn after(now: i64, lease: Duration) -> i64 {
    now.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}
