//! The table `cache`: which step of which run made what is kept under a digest.

use crate::engine::event::{Key, RunId};
use crate::store::journal::CacheRow;
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, OptionalExtension, params};

/// The latest counts.
pub(in crate::store::sqlite) fn put(connection: &Connection, run: i64, row: &CacheRow) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO cache (digest, run, step) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![row.digest, run, row.step.as_str()])?;
    Ok(())
}

pub(in crate::store::sqlite) fn get(connection: &Connection, digest: &str) -> Outcome<Option<(RunId, Key)>> {
    let sql = "SELECT runs.run, step FROM cache JOIN runs ON runs.id = cache.run WHERE digest = ?1";
    let made = connection.prepare_cached(sql)?.query_row([digest], |row| {
        Ok((RunId::new(row.get_ref(0)?.as_str()?), Key::new(row.get_ref(1)?.as_str()?)))
    });
    Ok(made.optional()?)
}
