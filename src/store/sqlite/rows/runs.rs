//! The table `runs`: where each journal stands, and what lists say of it.

use super::json::{from_json, to_json};
use super::turns::WITH_ROOM;
use crate::engine::event::{PlanHash, RunId};
use crate::store::error::Error;
use crate::store::format::{FIRST_LINK, Link};
use crate::store::journal::{RunFilter, RunRow};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

const LISTED: &str = "run, workflow, version, status, current_step, steps_done, steps_total, pending, error,
    started_at, updated_at, ended_at, due, ready, parent, started_by, labels, work_item";

/// Where a run's journal stands, and what of its row is indexed.
pub(in crate::store::sqlite) struct Head {
    pub id: i64,
    pub seq: u64,
    pub chain: Link,
    pub owner: Option<String>,
    pub status: String,
    due: Option<i64>,
    ready: bool,
}

pub(in crate::store::sqlite) fn not_found(run: &RunId) -> Error {
    Error::NotFound { what: "run", name: run.to_string() }
}

pub(in crate::store::sqlite) fn head(connection: &Connection, run: &RunId) -> Outcome<Head> {
    let sql = "SELECT id, seq, chain, owner, status, due, ready FROM runs WHERE run = ?1";
    let head = connection.prepare_cached(sql)?.query_row([run.as_str()], |row| {
        Ok(Head {
            id: row.get(0)?,
            seq: row.get(1)?,
            chain: row.get(2)?,
            owner: row.get(3)?,
            status: row.get(4)?,
            due: row.get(5)?,
            ready: row.get(6)?,
        })
    });
    head.optional()?.ok_or_else(|| not_found(run).into())
}

pub(in crate::store::sqlite) fn exists(connection: &Connection, run: &RunId) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM runs WHERE run = ?1")?.exists([run.as_str()])?)
}

/// A run without events; its id in the other tables.
pub(in crate::store::sqlite) fn insert(
    connection: &Connection,
    row: &RunRow,
    plan: &PlanHash,
    owner: Option<&str>,
) -> Outcome<i64> {
    let sql = "INSERT INTO runs (run, plan, seq, chain, owner, workflow, version, status, current_step, steps_done,
        steps_total, pending, error, started_at, updated_at, ended_at, due, ready, parent, started_by, labels,
        work_item)
        VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)";
    connection.prepare_cached(sql)?.execute(params![
        row.run.as_str(),
        plan.as_str(),
        FIRST_LINK,
        owner,
        row.workflow,
        row.version,
        row.status,
        row.current_step,
        row.steps_done,
        row.steps_total,
        row.pending,
        row.error,
        row.started_at,
        row.updated_at,
        row.ended_at,
        row.due,
        row.ready,
        row.parent.as_ref().map(RunId::as_str),
        row.started_by,
        to_json(&row.labels)?,
        row.work_item,
    ])?;
    Ok(connection.last_insert_rowid())
}

/// What a transition changes. The indexed columns are written only when they differ: an index costs a page.
pub(in crate::store::sqlite) fn advance(
    connection: &Connection,
    head: &Head,
    at: (u64, &Link),
    row: &RunRow,
) -> Outcome<()> {
    let sql = "UPDATE runs SET seq = ?2, chain = ?3, current_step = ?4, steps_done = ?5, steps_total = ?6,
        pending = ?7, error = ?8, updated_at = ?9, ended_at = ?10 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        head.id,
        at.0,
        at.1,
        row.current_step,
        row.steps_done,
        row.steps_total,
        row.pending,
        row.error,
        row.updated_at,
        row.ended_at,
    ])?;
    if head.status != row.status {
        let sql = "UPDATE runs SET status = ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![head.id, row.status])?;
    }
    if (head.due, head.ready) != (row.due, row.ready) {
        let sql = "UPDATE runs SET due = ?2, ready = ?3 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![head.id, row.due, row.ready])?;
    }
    if row.ended_at.is_some() && head.owner.is_some() {
        super::leases::clear(connection, head.id)?;
    }
    Ok(())
}

/// What never changes while a run goes on, for a projection that is rebuilt.
pub(in crate::store::sqlite) fn restate(connection: &Connection, id: i64, row: &RunRow) -> Outcome<()> {
    let sql = "UPDATE runs SET workflow = ?2, version = ?3, started_at = ?4, parent = ?5, started_by = ?6,
        labels = ?7, work_item = ?8 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        id,
        row.workflow,
        row.version,
        row.started_at,
        row.parent.as_ref().map(RunId::as_str),
        row.started_by,
        to_json(&row.labels)?,
        row.work_item,
    ])?;
    Ok(())
}

pub(in crate::store::sqlite) fn get(connection: &Connection, run: &RunId) -> Outcome<RunRow> {
    let sql = format!("SELECT {LISTED} FROM runs WHERE run = ?1");
    let row = connection.prepare_cached(&sql)?.query_row([run.as_str()], from_row).optional()?;
    row.ok_or_else(|| not_found(run).into())
}

pub(in crate::store::sqlite) fn by_prefix(
    connection: &Connection,
    prefix: &str,
    limit: usize,
) -> Outcome<Vec<RunId>> {
    let sql = "SELECT run FROM runs WHERE run >= ?1 AND run < ?1 || char(0x10FFFF) ORDER BY id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map(params![prefix, limit], |row| Ok(RunId::new(row.get_ref(0)?.as_str()?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn list(connection: &Connection, filter: &RunFilter) -> Outcome<Vec<RunRow>> {
    let mut conditions = Vec::new();
    let mut values: Vec<&dyn ToSql> = Vec::new();
    if !filter.status.is_empty() {
        conditions.push(format!("status IN ({})", vec!["?"; filter.status.len()].join(", ")));
        values.extend(filter.status.iter().map(|status| status as &dyn ToSql));
    }
    if let Some(workflow) = &filter.workflow {
        conditions.push("workflow = ?".to_owned());
        values.push(workflow);
    }
    let parent = filter.parent.as_ref().map(RunId::as_str);
    if parent.is_some() {
        conditions.push("parent = ?".to_owned());
        values.push(&parent);
    }
    let range = filter.during;
    if let Some((from, to)) = &range {
        conditions.push("started_at < ? AND (ended_at IS NULL OR ended_at >= ?)".to_owned());
        values.extend([to as &dyn ToSql, from]);
    }
    let before = filter.before.as_ref().map(|run| head(connection, run)).transpose()?.map(|head| head.id);
    if before.is_some() {
        conditions.push("id < ?".to_owned());
        values.push(&before);
    }
    if conditions.is_empty() {
        conditions.push("true".to_owned());
    }
    let sql = format!(
        "SELECT {LISTED} FROM runs WHERE {} ORDER BY id DESC LIMIT {}",
        conditions.join(" AND "),
        filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map(values.as_slice(), from_row)?.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn family(connection: &Connection, run: &RunId) -> Outcome<Vec<RunRow>> {
    // A parent has its row before its children have theirs, also where they were imported.
    let sql = format!(
        "WITH RECURSIVE family (name) AS (SELECT ?1 UNION SELECT run FROM runs JOIN family ON parent = name)
         SELECT {LISTED} FROM runs WHERE run IN (SELECT name FROM family) ORDER BY run <> ?1, id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let family: Vec<RunRow> =
        statement.query_map([run.as_str()], from_row)?.collect::<rusqlite::Result<_>>()?;
    if family.first().is_none_or(|first| first.run != *run) {
        return Err(not_found(run).into());
    }
    Ok(family)
}

pub(in crate::store::sqlite) fn count(connection: &Connection) -> Outcome<Vec<(String, u64)>> {
    let sql = "SELECT status, count(*) FROM runs GROUP BY status ORDER BY status";
    let mut statement = connection.prepare_cached(sql)?;
    let counts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// Runs that want to be carried, oldest first. What a dead owner has left is among them in any state: it may have died
/// between writing a decision and acting on it.
pub(in crate::store::sqlite) fn ready(
    connection: &Connection,
    now: i64,
    dead: &[String],
) -> Outcome<Vec<RunRow>> {
    let sql = format!(
        "SELECT {LISTED} FROM runs
         WHERE id IN (SELECT id FROM runs WHERE ready = 1 UNION SELECT id FROM runs WHERE due <= ?1
             UNION SELECT id FROM runs WHERE owner IN (SELECT value FROM json_each(?2))
             UNION {WITH_ROOM})
         AND (owner IS NULL OR owner IN (SELECT value FROM json_each(?2)))
         AND (ended_at IS NULL OR ready = 1) AND status <> 'paused' ORDER BY id"
    );
    let dead = serde_json::Value::from(dead).to_string();
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![now, dead], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn next_due(connection: &Connection) -> Outcome<Option<i64>> {
    let sql = "SELECT due FROM runs WHERE due IS NOT NULL AND ended_at IS NULL AND status <> 'paused'
               ORDER BY due LIMIT 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        run: RunId::new(row.get_ref(0)?.as_str()?),
        workflow: row.get(1)?,
        version: row.get(2)?,
        status: row.get(3)?,
        current_step: row.get(4)?,
        steps_done: row.get(5)?,
        steps_total: row.get(6)?,
        pending: row.get(7)?,
        error: row.get(8)?,
        started_at: row.get(9)?,
        updated_at: row.get(10)?,
        ended_at: row.get(11)?,
        due: row.get(12)?,
        ready: row.get(13)?,
        parent: row.get::<_, Option<String>>(14)?.map(RunId::new),
        started_by: row.get(15)?,
        labels: from_json(row, 16)?,
        work_item: row.get(17)?,
    })
}
