//! The one writer of a database file in this process. Whoever finds nobody writing takes all that has queued up into
//! one transaction, so a single writer pays no hand-over and many share a commit.
//!
//! A unit of work checks before it writes: what it refuses leaves no trace and spoils nothing for the others. Where the
//! database itself fails, the transaction is undone and each unit gets one of its own. What a thread does `together` is
//! a transaction of that thread's; the others wait for it as for any.

use super::connection::{self, Fault, Outcome, patiently};
use super::held::{Held, Lent};
use super::lock::Gate;
use super::place::Place;
use super::watch::Bell;
use crate::platform::fault::{self, Moment};
use crate::store::error::{Error, Result};
use crate::store::journal::Stays;
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bounds how long one transaction holds the others up.
const BATCH_MAX: usize = 256;

pub(in crate::store::sqlite) struct Writer {
    place: Arc<Place>,
    durability: Durability,
    gate: Arc<Gate>,
    bell: Arc<Bell>,
    connection: Mutex<Option<Connection>>,
    queue: Mutex<Queue>,
}

/// What a commit outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store::sqlite) enum Durability {
    /// A power cut: the disk has it.
    OfTheDisk,
    /// The end of this process, however it ends: the system has it.
    OfTheProcess,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Arc<dyn Member>>,
    led: bool,
}

/// A unit of work in the queue, whatever its result is.
trait Member: Send + Sync {
    /// Does the work and keeps its result; only a failure of the database itself comes back.
    fn attempt(&self, connection: &Connection) -> Outcome<()>;
    fn settle(&self, failure: Option<Error>);
    fn promote(&self);
}

type Work<T> = Box<dyn FnMut(&Connection) -> Outcome<T> + Send>;

struct Seat<T> {
    work: Mutex<Work<T>>,
    state: Mutex<State<T>>,
    turn: Condvar,
}

struct State<T> {
    result: Option<Result<T>>,
    call: Call,
}

#[derive(PartialEq, Eq)]
enum Call {
    Wait,
    Lead,
    Done,
}

impl Writer {
    pub(in crate::store::sqlite) fn new(
        place: Arc<Place>,
        durability: Durability,
        gate: Arc<Gate>,
        bell: Arc<Bell>,
    ) -> Self {
        Self { place, durability, gate, bell, connection: Mutex::default(), queue: Mutex::default() }
    }

    /// Does the work in a transaction; durable when this returns. The work may be done again if it could not be
    /// committed.
    pub(in crate::store::sqlite) fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T> {
        if let Some(held) = Held::here(&self.place) {
            let mut work = work;
            return held.perform(|connection| unblemished(connection, &mut work));
        }
        let seat = Arc::new(Seat {
            work: Mutex::new(Box::new(work)),
            state: Mutex::new(State { result: None, call: Call::Wait }),
            turn: Condvar::new(),
        });
        let leads = {
            let mut queue = hold(&self.queue);
            queue.waiting.push_back(Arc::clone(&seat) as Arc<dyn Member>);
            !std::mem::replace(&mut queue.led, true)
        };
        if leads || seat.is_promoted() {
            let mut lead = Lead { writer: self, batch: Vec::new() };
            lead.carry();
        }
        seat.result().unwrap_or_else(|| Err(self.stopped()))
    }

    /// Looked at afterwards: what was committed to a file that is gone was not, and what went before is well.
    fn commit(&self, batch: &[Arc<dyn Member>]) -> Result<()> {
        self.place.check()?;
        self.place.checked(self.transact(batch))
    }

    /// The locks of files tell processes apart, not threads: those wait at the connection, before the gate.
    fn transact(&self, batch: &[Arc<dyn Member>]) -> Result<()> {
        let path = self.place.path();
        let mut slot = hold(&self.connection);
        let turn = self.gate.enter()?;
        let kept = slot.take();
        let connection = slot.insert(self.connected(kept)?);
        let wrote = patiently(path, || transact(connection, batch))?;
        drop(turn);
        if wrote {
            self.bell.ring();
        }
        Ok(())
    }

    fn connected(&self, kept: Option<Connection>) -> Result<Connection> {
        let path = self.place.path();
        let connection = kept.map_or_else(|| connection::connect(path), Ok)?;
        if self.durability == Durability::OfTheProcess {
            patiently(path, || Ok(connection.execute_batch("PRAGMA synchronous = NORMAL")?))?;
        }
        Ok(connection)
    }

    /// What this thread reads and writes here until `work` returns is in one transaction, which is durable when this
    /// returns. Nothing of it stays if `work` fails, panics or says so, or if anything in it failed in the database.
    pub(in crate::store::sqlite) fn together(&self, work: &mut dyn FnMut() -> Result<Stays>) -> Result<()> {
        if Held::here(&self.place).is_some() {
            return Err(self.failed("a transaction in another one would not be durable"));
        }
        self.place.check()?;
        self.place.checked(self.transact_here(work))
    }

    fn transact_here(&self, work: &mut dyn FnMut() -> Result<Stays>) -> Result<()> {
        let path = self.place.path();
        let mut slot = hold(&self.connection);
        let turn = self.gate.enter()?;
        let connection = self.connected(slot.take())?;
        let before = connection.total_changes();
        let begun = patiently(path, || begin(&connection));
        let lent = Lent::new(&mut slot, &self.place, connection);
        begun?;
        let wrote = match (work()?, Held::here(&self.place)) {
            (Stays::All, Some(held)) => held.perform(|connection| commit(connection, before))?,
            _ => false,
        };
        drop(lent);
        drop(turn);
        if wrote {
            self.bell.ring();
        }
        Ok(())
    }

    fn stopped(&self) -> Error {
        self.failed("its writer stopped unexpectedly")
    }

    fn failed(&self, reason: &str) -> Error {
        Error::Io { path: self.place.path().display().to_string(), reason: reason.to_owned() }
    }
}

#[cfg(test)]
impl Writer {
    /// Makes the connection fail in ways a test cannot bring about from outside.
    pub(in crate::store::sqlite) fn sabotage(&self, sql: &str) {
        let mut slot = hold(&self.connection);
        let connection = slot.get_or_insert_with(|| connection::connect(self.place.path()).unwrap());
        connection.execute_batch(sql).unwrap();
    }
}

/// The leadership of one batch. Dropping it, even in a panic, answers whoever is left and hands the lead on.
struct Lead<'a> {
    writer: &'a Writer,
    batch: Vec<Arc<dyn Member>>,
}

impl Lead<'_> {
    fn carry(&mut self) {
        self.batch = {
            let mut queue = hold(&self.writer.queue);
            let count = queue.waiting.len().min(BATCH_MAX);
            queue.waiting.drain(..count).collect()
        };
        match (self.writer.commit(&self.batch), self.batch.as_slice()) {
            (Ok(()), batch) => {
                for member in batch {
                    member.settle(None);
                }
            }
            (Err(error), [member]) => member.settle(Some(error)),
            (Err(Error::Locked { path, waited_ms }), batch) => {
                for member in batch {
                    member.settle(Some(Error::Locked { path: path.clone(), waited_ms }));
                }
            }
            (Err(_), batch) => {
                for member in batch {
                    member.settle(self.writer.commit(std::slice::from_ref(member)).err());
                }
            }
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        for member in self.batch.drain(..) {
            member.settle(Some(self.writer.stopped()));
        }
        let mut queue = hold(&self.writer.queue);
        match queue.waiting.front() {
            Some(next) => next.promote(),
            None => queue.led = false,
        }
    }
}

/// One transaction for all; true if anything was written.
fn transact(connection: &Connection, batch: &[Arc<dyn Member>]) -> Outcome<bool> {
    let before = connection.total_changes();
    begin(connection)?;
    let done = batch.iter().try_for_each(|member| member.attempt(connection));
    let done = done.and_then(|()| commit(connection, before));
    if done.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    done
}

fn begin(connection: &Connection) -> Outcome<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    Ok(())
}

/// True if anything was written since there were `before` changes.
fn commit(connection: &Connection, before: u64) -> Outcome<bool> {
    let wrote = connection.total_changes() != before;
    if wrote {
        fault::strike(Moment::BeforeCommit);
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    if wrote {
        fault::strike(Moment::AfterCommit);
    }
    Ok(wrote)
}

/// A unit of work, which keeps its promise that what it refuses leaves no trace.
fn unblemished<T>(connection: &Connection, work: &mut dyn FnMut(&Connection) -> Outcome<T>) -> Outcome<T> {
    let before = connection.total_changes();
    let done = work(connection);
    if let Err(Fault::Refused(error)) = &done {
        debug_assert_eq!(connection.total_changes(), before, "refused after a write: {error}");
    }
    done
}

impl<T: Send> Member for Seat<T> {
    fn attempt(&self, connection: &Connection) -> Outcome<()> {
        let result = match unblemished(connection, &mut *hold(&self.work)) {
            Ok(value) => Ok(value),
            Err(Fault::Refused(error)) => Err(error),
            Err(failure) => return Err(failure),
        };
        hold(&self.state).result = Some(result);
        Ok(())
    }

    fn settle(&self, failure: Option<Error>) {
        let mut state = hold(&self.state);
        if state.call == Call::Done {
            return;
        }
        if let Some(error) = failure {
            state.result = Some(Err(error));
        }
        state.call = Call::Done;
        self.turn.notify_one();
    }

    fn promote(&self) {
        hold(&self.state).call = Call::Lead;
        self.turn.notify_one();
    }
}

impl<T> Seat<T> {
    /// Waits until the work is done (false) or the lead has come to it (true).
    fn is_promoted(&self) -> bool {
        let state = hold(&self.state);
        let state = self
            .turn
            .wait_while(state, |state| state.call == Call::Wait)
            .unwrap_or_else(PoisonError::into_inner);
        state.call == Call::Lead
    }

    fn result(&self) -> Option<Result<T>> {
        hold(&self.state).result.take()
    }
}

/// What a panic elsewhere left behind is still consistent: every change under these locks is a single assignment.
pub(in crate::store::sqlite) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
