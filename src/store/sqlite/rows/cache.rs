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

pub(in crate::store::sqlite) fn of_run(connection: &Connection, run: &RunId) -> Outcome<Vec<CacheRow>> {
    let sql = "SELECT digest, step FROM cache JOIN runs ON runs.id = cache.run WHERE runs.run = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([run.as_str()], |row| {
        Ok(CacheRow { digest: row.get(0)?, step: Key::new(row.get_ref(1)?.as_str()?) })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn forget(connection: &Connection, run: &RunId) -> Outcome<()> {
    let sql = "DELETE FROM cache WHERE run = (SELECT id FROM runs WHERE runs.run = ?1)";
    connection.prepare_cached(sql)?.execute([run.as_str()])?;
    Ok(())
}
