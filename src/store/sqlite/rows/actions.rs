//! The table `actions`: those that are open, and which run each settled id was last used by.

use super::json::{from_json, to_json};
use crate::engine::event::{ActionId, RunId};
use crate::store::error::Error;
use crate::store::journal::{ActionFilter, ActionRow};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

const LISTED: &str = "actions.action, runs.run, actions.step, actions.kind, actions.role, actions.title,
    actions.generation, actions.holder, actions.lease_until, actions.deadline, actions.created_at";

/// What has to be written for a run's open actions to be what a transition says.
pub(in crate::store::sqlite) struct Change<'a> {
    written: Vec<&'a ActionRow>,
    settled: Vec<ActionId>,
}

/// Looks only: `IdTaken` leaves no trace. `run` is absent for one that is about to be created.
pub(in crate::store::sqlite) fn plan<'a>(
    connection: &Connection,
    run: Option<i64>,
    wanted: &'a [ActionRow],
) -> Outcome<Change<'a>> {
    let open = run.map_or_else(|| Ok(Vec::new()), |run| open_of(connection, run))?;
    let is_open = |wanted: &ActionRow| open.iter().any(|row| row.action == wanted.action);
    for row in wanted.iter().filter(|row| !is_open(row)) {
        let sql = "SELECT 1 FROM actions WHERE action = ?1 AND open = 1";
        if connection.prepare_cached(sql)?.exists([row.action.as_str()])? {
            return Err(Error::IdTaken(row.action.to_string()).into());
        }
    }
    let written = wanted.iter().filter(|row| !open.contains(row)).collect();
    let is_wanted = |open: &ActionRow| wanted.iter().any(|row| row.action == open.action);
    let settled = open.iter().filter(|row| !is_wanted(row)).map(|row| row.action.clone()).collect();
    Ok(Change { written, settled })
}

pub(in crate::store::sqlite) fn apply(connection: &Connection, run: i64, change: &Change<'_>) -> Outcome<()> {
    for action in &change.settled {
        let sql = "UPDATE actions SET open = 0 WHERE action = ?1";
        connection.prepare_cached(sql)?.execute([action.as_str()])?;
    }
    for row in &change.written {
        let sql =
            "INSERT OR REPLACE INTO actions (action, run, open, step, kind, role, title, generation, holder,
            lease_until, deadline, created_at) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        connection.prepare_cached(sql)?.execute(params![
            row.action.as_str(),
            run,
            row.step,
            to_json(&row.kind)?,
            row.role,
            row.title,
            row.generation,
            row.holder.as_ref().map(to_json).transpose()?,
            row.lease_until,
            row.deadline,
            row.created_at,
        ])?;
    }
    Ok(())
}

/// Oldest first: who waited longest is served first.
pub(in crate::store::sqlite) fn list(
    connection: &Connection,
    filter: &ActionFilter,
) -> Outcome<Vec<ActionRow>> {
    let mut conditions = vec!["actions.open = 1"];
    let mut values: Vec<&dyn ToSql> = Vec::new();
    let run = filter.run.as_ref().map(RunId::as_str);
    if run.is_some() {
        conditions.push("runs.run = ?");
        values.push(&run);
    }
    if let Some(role) = &filter.role {
        conditions.push("actions.role = ?");
        values.push(role);
    }
    let sql = format!(
        "SELECT {LISTED} FROM actions JOIN runs ON runs.id = actions.run WHERE {}
         ORDER BY actions.created_at, actions.rowid LIMIT {}",
        conditions.join(" AND "),
        filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map(values.as_slice(), from_row)?.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn run_of(connection: &Connection, action: &ActionId) -> Outcome<Option<RunId>> {
    let sql = "SELECT runs.run FROM actions JOIN runs ON runs.id = actions.run WHERE actions.action = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let run = statement.query_row([action.as_str()], |row| Ok(RunId::new(row.get_ref(0)?.as_str()?)));
    Ok(run.optional()?)
}

fn open_of(connection: &Connection, run: i64) -> Outcome<Vec<ActionRow>> {
    let sql = format!(
        "SELECT {LISTED} FROM actions JOIN runs ON runs.id = actions.run WHERE actions.run = ?1 AND actions.open = 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([run], from_row)?.collect::<rusqlite::Result<_>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ActionRow> {
    let holder = row.get_ref(7)?.as_str_or_null()?.is_some();
    Ok(ActionRow {
        action: ActionId::new(row.get_ref(0)?.as_str()?),
        run: RunId::new(row.get_ref(1)?.as_str()?),
        step: row.get(2)?,
        kind: from_json(row, 3)?,
        role: row.get(4)?,
        title: row.get(5)?,
        generation: row.get(6)?,
        holder: if holder { Some(from_json(row, 7)?) } else { None },
        lease_until: row.get(8)?,
        deadline: row.get(9)?,
        created_at: row.get(10)?,
    })
}
