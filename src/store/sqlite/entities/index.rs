//! The index as it is kept: keys, and the changes of a batch to their containers.

use crate::records::index::{Chunk, Term, chunk_of, place_of};
use crate::store::sqlite::file::connection::{Fault, Outcome};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;

/// Chunks in a group, as a power of two; with the 2^12 ids of a chunk, 2^15 ids.
const GROUP_BITS: u32 = 3;

pub(super) fn group_of_chunk(chunk: u64) -> u64 {
    chunk >> GROUP_BITS
}

pub(super) fn group_of(id: u64) -> u64 {
    group_of_chunk(chunk_of(id))
}

/// A path's number and a tail: as bytes they sort by path, and then by value.
pub(super) fn key(path: u64, tail: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(4 + tail.len());
    key.extend_from_slice(&u32::try_from(path).unwrap_or(u32::MAX).to_be_bytes());
    key.extend_from_slice(tail);
    key
}

/// What follows a path's number in a key.
pub(super) fn tail_of(key: &[u8]) -> &[u8] {
    key.get(4..).unwrap_or_default()
}

pub(super) fn path_number(connection: &Connection, path: &str) -> Outcome<Option<u64>> {
    let sql = "SELECT id FROM entity_paths WHERE path = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([path], |row| row.get(0)).optional()?)
}

pub(super) fn chunk_from(row: &Row<'_>, index: usize) -> rusqlite::Result<Chunk> {
    let bytes = row.get_ref(index)?.as_blob()?;
    let wrong = || rusqlite::Error::FromSqlConversionFailure(index, Type::Blob, "no container".into());
    Chunk::from_bytes(bytes).ok_or_else(wrong)
}

/// Entities that gain or lose a term.
pub(super) struct Changes {
    /// Chunks that begin here or later have no container yet.
    fresh: u64,
    paths: HashMap<String, u64>,
    entries: Vec<Entry>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    group: u64,
    key: Vec<u8>,
    chunk: u64,
    place: u16,
    gains: bool,
}

impl Changes {
    /// The ids from `first` on are given by this batch.
    pub(super) fn since(first: u64) -> Self {
        Self { fresh: chunk_of(first) + 1, paths: HashMap::new(), entries: Vec::new() }
    }

    pub(super) fn add(&mut self, connection: &Connection, id: u64, term: &Term) -> Outcome<()> {
        self.push(connection, id, term).map(|entry| entry.gains = true)
    }

    pub(super) fn remove(&mut self, connection: &Connection, id: u64, term: &Term) -> Outcome<()> {
        self.push(connection, id, term).map(|_| ())
    }

    fn push(&mut self, connection: &Connection, id: u64, term: &Term) -> Outcome<&mut Entry> {
        let path = if let Some(number) = self.paths.get(&term.path) {
            *number
        } else {
            let number = number_of(connection, &term.path)?;
            self.paths.insert(term.path.clone(), number);
            number
        };
        self.entries.push(Entry {
            group: group_of(id),
            key: key(path, &term.tail),
            chunk: chunk_of(id),
            place: place_of(id),
            gains: false,
        });
        let last = self.entries.len() - 1;
        Ok(&mut self.entries[last])
    }

    pub(super) fn write(mut self, connection: &Connection) -> Outcome<()> {
        self.entries.sort_unstable();
        for same in self.entries.chunk_by(|a, b| (a.group, &a.key, a.chunk) == (b.group, &b.key, b.chunk)) {
            self.write_container(connection, same)?;
        }
        Ok(())
    }

    fn write_container(&self, connection: &Connection, entries: &[Entry]) -> Outcome<()> {
        let Some(Entry { group, key, chunk, .. }) = entries.first() else { return Ok(()) };
        let mut container = Chunk::default();
        if *chunk < self.fresh {
            let sql = "SELECT container FROM entity_index WHERE grp = ?1 AND key = ?2 AND chunk = ?3";
            let kept = connection
                .prepare_cached(sql)?
                .query_row(params![group, key, chunk], |row| chunk_from(row, 0));
            container = kept.optional()?.unwrap_or_default();
        }
        for entry in entries {
            if entry.gains {
                container.insert(entry.place);
            } else {
                container.remove(entry.place);
            }
        }
        if container.is_empty() {
            let sql = "DELETE FROM entity_index WHERE grp = ?1 AND key = ?2 AND chunk = ?3";
            connection.prepare_cached(sql)?.execute(params![group, key, chunk])?;
        } else {
            let sql = "INSERT OR REPLACE INTO entity_index (grp, key, chunk, cardinality, container)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![group, key, chunk, container.len(), container.to_bytes()];
            connection.prepare_cached(sql)?.execute(values)?;
        }
        Ok(())
    }
}

/// The number of a path, given now where it has none.
fn number_of(connection: &Connection, path: &str) -> Result<u64, Fault> {
    if let Some(number) = path_number(connection, path)? {
        return Ok(number);
    }
    connection.prepare_cached("INSERT INTO entity_paths (path) VALUES (?1)")?.execute([path])?;
    Ok(u64::try_from(connection.last_insert_rowid()).unwrap_or_default())
}
