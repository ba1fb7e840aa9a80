//! One database file: its writer, its pool of readers, and who watches it. What is in it is for others to say.

use super::connection::{self, Outcome, patiently};
use super::held::Held;
use super::lock::Gate;
use super::place::Place;
use super::watch::{Bell, Watch};
use super::writer::{Durability, Writer, hold};
use crate::store::error::Result;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Connections kept for reading; more are opened while more threads read at once.
const READERS_KEPT: usize = 3;

pub(in crate::store::sqlite) struct Database {
    place: Arc<Place>,
    pub(in crate::store::sqlite) writer: Writer,
    pub(in crate::store::sqlite) watch: Watch,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens `path`, with the files that guard it beside it.
    pub(in crate::store::sqlite) fn open(
        path: PathBuf,
        migrations: &[&str],
        durability: Durability,
    ) -> Result<Self> {
        let gate = Arc::new(Gate::of(&path));
        let first = connection::open(&path, &gate, migrations)?;
        let bell = Arc::new(Bell::at(path.with_extension("bell")));
        let place = Arc::new(Place::of(path));
        Ok(Self {
            writer: Writer::new(Arc::clone(&place), durability, gate, Arc::clone(&bell)),
            watch: Watch::new(Arc::clone(&place), bell),
            readers: Mutex::new(vec![first]),
            place,
        })
    }

    pub(in crate::store::sqlite) fn path(&self) -> &Path {
        self.place.path()
    }

    /// Whether this thread is in the middle of a transaction, and sees what nobody else may ever see.
    pub(in crate::store::sqlite) fn is_held_here(&self) -> bool {
        Held::here(&self.place).is_some()
    }

    /// Reads on a connection of its own, unless this thread holds a transaction; the writer is neither waited for nor
    /// held up.
    pub(in crate::store::sqlite) fn read<T>(
        &self,
        mut work: impl FnMut(&Connection) -> Outcome<T>,
    ) -> Result<T> {
        if let Some(held) = Held::here(&self.place) {
            return self.place.checked(held.perform(work));
        }
        let pooled = hold(&self.readers).pop();
        let opened =
            pooled.map_or_else(|| self.place.check().and_then(|()| connection::connect(self.path())), Ok);
        let connection = self.place.checked(opened)?;
        let result = self.place.checked(patiently(self.path(), || work(&connection)));
        let mut readers = hold(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        result
    }
}
