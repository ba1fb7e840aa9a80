//! The index as it is kept: keys, and the changes of a batch to their containers.

use crate::records::index::{Chunk, chunk_of, place_of};
use crate::store::sqlite::file::connection::{Fault, Outcome};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;

/// Chunks in a group, as a power of two; with the 2^12 ids of a chunk, 2^15 ids.
const GROUP_BITS: u32 = 3;
pub(super) const IDS_IN_GROUP: u64 = 1 << (12 + GROUP_BITS);

pub(super) fn group_of_chunk(chunk: u64) -> u64 {
    chunk >> GROUP_BITS
}

pub(super) fn group_of(id: u64) -> u64 {
    group_of_chunk(chunk_of(id))
}

/// A path's number and a tail: as bytes they sort by path, and then by value.
pub(super) fn key(path: u64, tail: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(4 + tail.len());
    write_key(path, tail, &mut key);
    key
}

fn write_key(path: u64, tail: &[u8], key: &mut Vec<u8>) {
    key.extend_from_slice(&u32::try_from(path).unwrap_or(u32::MAX).to_be_bytes());
    key.extend_from_slice(tail);
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
    /// By the place of a container: what happens to it, in order.
    containers: HashMap<Vec<u8>, Vec<(u16, Step)>>,
    /// Where the place of a container is written.
    place: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Gain,
    Lose,
}

/// Bytes of a group's and of a chunk's number, around the key in the place of a container: what is near is written together.
const NUMBER_BYTES: usize = 8;

impl Changes {
    /// The ids from `first` on are given by this batch.
    pub(super) fn since(first: u64) -> Self {
        let (paths, containers) = (HashMap::new(), HashMap::new());
        Self { fresh: chunk_of(first) + 1, paths, containers, place: Vec::new() }
    }

    pub(super) fn push(
        &mut self,
        connection: &Connection,
        id: u64,
        (path, tail): (&str, &[u8]),
        step: Step,
    ) -> Outcome<()> {
        let number = if let Some(number) = self.paths.get(path) {
            *number
        } else {
            let number = number_of(connection, path)?;
            self.paths.insert(path.to_owned(), number);
            number
        };
        self.place.clear();
        self.place.extend_from_slice(&group_of(id).to_be_bytes());
        write_key(number, tail, &mut self.place);
        self.place.extend_from_slice(&chunk_of(id).to_be_bytes());
        let change = (place_of(id), step);
        match self.containers.get_mut(&self.place) {
            Some(changes) => changes.push(change),
            None => drop(self.containers.insert(self.place.clone(), vec![change])),
        }
        Ok(())
    }

    pub(super) fn write(self, connection: &Connection) -> Outcome<()> {
        let mut containers: Vec<_> = self.containers.iter().collect();
        containers.sort_unstable();
        for (place, changes) in containers {
            let (group, rest) = place.split_at(NUMBER_BYTES);
            let (key, chunk) = rest.split_at(rest.len() - NUMBER_BYTES);
            let number =
                |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            write_container(connection, (number(group), key, number(chunk)), self.fresh, changes)?;
        }
        Ok(())
    }
}

fn write_container(
    connection: &Connection,
    (group, key, chunk): (u64, &[u8], u64),
    fresh: u64,
    changes: &[(u16, Step)],
) -> Outcome<()> {
    let mut container = Chunk::default();
    if chunk < fresh {
        let sql = "SELECT container FROM entity_index WHERE grp = ?1 AND key = ?2 AND chunk = ?3";
        let kept =
            connection.prepare_cached(sql)?.query_row(params![group, key, chunk], |row| chunk_from(row, 0));
        container = kept.optional()?.unwrap_or_default();
    }
    for (place, step) in changes {
        match step {
            Step::Gain => container.insert(*place),
            Step::Lose => container.remove(*place),
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

/// The number of a path, given now where it has none.
fn number_of(connection: &Connection, path: &str) -> Result<u64, Fault> {
    if let Some(number) = path_number(connection, path)? {
        return Ok(number);
    }
    connection.prepare_cached("INSERT INTO entity_paths (path) VALUES (?1)")?.execute([path])?;
    Ok(u64::try_from(connection.last_insert_rowid()).unwrap_or_default())
}
