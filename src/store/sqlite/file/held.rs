//! A transaction that one thread holds over several units of work: until it ends, whatever this thread reads from or
//! writes to the file happens in it. When it begins, and whether it stays, is `writer`'s.

use super::connection::{Fault, Outcome};
use super::place::Place;
use crate::store::error::{Error, Result};
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

thread_local! {
    static HELD: RefCell<Vec<Rc<Held>>> = const { RefCell::new(Vec::new()) };
}

pub(in crate::store::sqlite) struct Held {
    place: Arc<Place>,
    connection: Connection,
    /// The database failed in it: nothing of it can stay.
    is_spoiled: Cell<bool>,
}

impl Held {
    /// What this thread holds of the file at `place`.
    pub(in crate::store::sqlite) fn here(place: &Arc<Place>) -> Option<Rc<Self>> {
        HELD.with_borrow(|all| all.iter().find(|held| Arc::ptr_eq(&held.place, place)).cloned())
    }

    pub(in crate::store::sqlite) fn perform<T>(
        &self,
        work: impl FnOnce(&Connection) -> Outcome<T>,
    ) -> Result<T> {
        let path = self.place.path();
        if self.is_spoiled.get() {
            let reason = "something that was to be written with it could not be".to_owned();
            return Err(Error::Io { path: path.display().to_string(), reason });
        }
        let done = work(&self.connection);
        self.is_spoiled.set(matches!(done, Err(Fault::Sql(_))));
        done.map_err(|fault| fault.at(path))
    }
}

/// The writer's connection, lent to what this thread does. Dropping it, even in a panic, undoes what was not committed
/// and gives the connection back.
pub(in crate::store::sqlite) struct Lent<'a> {
    slot: &'a mut Option<Connection>,
    place: &'a Arc<Place>,
}

impl<'a> Lent<'a> {
    /// Of a connection in which a transaction has begun.
    pub(in crate::store::sqlite) fn new(
        slot: &'a mut Option<Connection>,
        place: &'a Arc<Place>,
        connection: Connection,
    ) -> Self {
        let held = Held { place: Arc::clone(place), connection, is_spoiled: Cell::new(false) };
        HELD.with_borrow_mut(|all| all.push(Rc::new(held)));
        Self { slot, place }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let held = HELD.with_borrow_mut(|all| {
            let at = all.iter().position(|held| Arc::ptr_eq(&held.place, self.place))?;
            Some(all.remove(at))
        });
        let Some(Held { connection, .. }) = held.and_then(Rc::into_inner) else { return };
        // One that can't even go back is closed, which ends what it began.
        if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
            *self.slot = Some(connection);
        }
    }
}
