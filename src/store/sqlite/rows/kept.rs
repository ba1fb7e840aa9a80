//! Runs as they are kept, whatever is in them: read entry by entry, put down again, and taken away.

use super::runs::Head;
use super::{entries, runs};
use crate::engine::event::RunId;
use crate::store::error::Error;
use crate::store::format::{self, hex};
use crate::store::maintenance::{KeptEntry, Removed, RemovedRow};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, OptionalExtension, params};

/// Entries that are read together, unless one alone is longer.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

pub(in crate::store::sqlite) fn page(
    connection: &Connection,
    run: &RunId,
    after: u64,
) -> Outcome<Vec<KeptEntry>> {
    let head = runs::head(connection, run)?;
    let sql =
        "SELECT seq, count, at, format, events, chain FROM entries WHERE run = ?1 AND seq > ?2 ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![head.id, after])?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    while bytes < PAGE_BYTES
        && let Some(row) = rows.next()?
    {
        let stored = entries::from_row(row)?;
        bytes += stored.events.len();
        page.push(KeptEntry {
            format: stored.format,
            seq: stored.seq,
            count: stored.count,
            at: stored.at,
            events: stored.events.to_owned(),
            chain: hex(stored.chain),
        });
    }
    Ok(page)
}

pub(in crate::store::sqlite) fn append(
    connection: &Connection,
    run: &RunId,
    entry: &KeptEntry,
) -> Outcome<()> {
    let Head { id, seq, chain, .. } = runs::head(connection, run)?;
    let sealed = entry.sealed();
    let link = format::link(&chain, run, &sealed);
    if sealed.seq != seq + 1 || sealed.count == 0 || hex(&link) != entry.chain {
        let reason = format!("entry {} does not belong behind event {seq}", sealed.seq);
        return Err(Error::Damaged { path: format!("the journal of {run}"), reason }.into());
    }
    entries::put(connection, id, &sealed, &link)?;
    let sql = "UPDATE runs SET seq = ?2, chain = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, seq + sealed.count, link])?;
    Ok(())
}

pub(in crate::store::sqlite) fn weigh(connection: &Connection, run: &RunId) -> Outcome<Removed> {
    let Head { id, seq, .. } = runs::head(connection, run)?;
    let sql = "SELECT coalesce(sum(length(events)), 0) FROM entries WHERE run = ?1";
    let bytes = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    Ok(Removed { events: seq, bytes, artifact_bytes: 0 })
}

pub(in crate::store::sqlite) fn plans_without(connection: &Connection, runs: &[RunId]) -> Outcome<u64> {
    let sql = "SELECT count(*) FROM plans WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.plan = plans.hash
               AND runs.run NOT IN (SELECT value FROM json_each(?1)))";
    let runs: Vec<&str> = runs.iter().map(RunId::as_str).collect();
    let runs = serde_json::Value::from(runs).to_string();
    Ok(connection.prepare_cached(sql)?.query_row([runs], |row| row.get(0))?)
}

pub(in crate::store::sqlite) fn remove(
    connection: &Connection,
    run: &RunId,
    at: i64,
    by: &str,
) -> Outcome<Removed> {
    let id = runs::head(connection, run)?.id;
    let removed = weigh(connection, run)?;
    let sql = "INSERT OR REPLACE INTO removed_runs (run, workflow, status, removed_at, removed_by)
               SELECT run, workflow, status, ?2, ?3 FROM runs WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, at, by])?;
    for sql in [
        "DELETE FROM entries WHERE run = ?1",
        "DELETE FROM actions WHERE run = ?1",
        "DELETE FROM turns WHERE run = ?1",
        "DELETE FROM cache WHERE run = ?1",
        "DELETE FROM runs WHERE id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(removed)
}

pub(in crate::store::sqlite) fn removed(connection: &Connection, run: &RunId) -> Outcome<Option<RemovedRow>> {
    let sql = "SELECT workflow, status, removed_at, removed_by FROM removed_runs WHERE run = ?1";
    let found = connection.prepare_cached(sql)?.query_row([run.as_str()], |row| {
        Ok(RemovedRow {
            run: run.clone(),
            workflow: row.get(0)?,
            status: row.get(1)?,
            removed_at: row.get(2)?,
            removed_by: row.get(3)?,
        })
    });
    Ok(found.optional()?)
}

pub(in crate::store::sqlite) fn remove_plans(connection: &Connection) -> Outcome<u64> {
    let sql = "DELETE FROM plans WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.plan = plans.hash)";
    Ok(connection.prepare_cached(sql)?.execute([])? as u64)
}
