//! What a change of one item means to others: statuses roll up, finished items set free what they blocked, and what is
//! below a stuck item is not ready. Only ancestors are looked at, and what depends on an item that is finished now.

use super::items::{end_of, tally, word};
use crate::records::work::{Status, Tally, holds, rolled_up};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, params};

/// What of an item may follow from others.
struct State {
    id: i64,
    parent: Option<i64>,
    path: String,
    said: Status,
    status: Status,
    children: Tally,
    blockers: u64,
    stuck: bool,
}

/// Let the status of an item follow from what is said and from its children, and so on upwards.
pub(super) fn settle(connection: &Connection, id: i64) -> Outcome<()> {
    let mut at = Some(id);
    while let Some(id) = at {
        let state = load(connection, id)?;
        restick(connection, &state)?;
        let status = rolled_up(state.said, &state.children);
        if status == state.status {
            break;
        }
        let sql = "UPDATE work_items SET status = ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![id, status.name()])?;
        if status.is_finished() != state.status.is_finished() {
            free(connection, id, if status.is_finished() { -1 } else { 1 })?;
        }
        if let Some(parent) = state.parent {
            shift(connection, parent, Some(state.status), Some(status))?;
        }
        at = state.parent;
    }
    Ok(())
}

/// A child in this state has come.
pub(super) fn came(connection: &Connection, parent: i64, child: Status) -> Outcome<()> {
    shift(connection, parent, None, Some(child))?;
    settle(connection, parent)
}

/// A child in this state has gone. An item without any keeps the status it had.
pub(super) fn went(connection: &Connection, parent: i64, child: Status) -> Outcome<()> {
    let state = load(connection, parent)?;
    if state.children.total() == 1 {
        let sql = "UPDATE work_items SET said = ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![parent, state.status.name()])?;
    }
    shift(connection, parent, Some(child), None)?;
    settle(connection, parent)
}

/// So many more unfinished items block this one.
pub(super) fn block(connection: &Connection, id: i64, more: i64) -> Outcome<()> {
    let sql = "UPDATE work_items SET blockers = MAX(blockers + ?2, 0) WHERE id = ?1";
    connection.prepare_cached(sql)?.execute([id, more])?;
    restick(connection, &load(connection, id)?)
}

/// What an item blocks, now that it is finished, or is no longer.
fn free(connection: &Connection, id: i64, more: i64) -> Outcome<()> {
    let mut statement =
        connection.prepare_cached("SELECT blocked FROM work_dependencies WHERE blocker = ?1")?;
    let blocked: Vec<i64> = statement.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    blocked.into_iter().try_for_each(|blocked| block(connection, blocked, more))
}

/// Let everything below an item, and itself, know whether it is stuck.
fn restick(connection: &Connection, state: &State) -> Outcome<()> {
    let stuck = holds(state.said) || state.blockers > 0;
    if stuck == state.stuck {
        return Ok(());
    }
    let sql = "UPDATE work_items SET stuck = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![state.id, stuck])?;
    let sql = "UPDATE work_items SET obstacles = obstacles + ?3 WHERE path >= ?1 AND path < ?2";
    let more = if stuck { 1 } else { -1 };
    connection.prepare_cached(sql)?.execute(params![state.path, end_of(&state.path), more])?;
    Ok(())
}

fn shift(connection: &Connection, id: i64, from: Option<Status>, to: Option<Status>) -> Outcome<()> {
    let mut children = load(connection, id)?.children;
    children.shift(from, to);
    let sql = "UPDATE work_items SET n_open = ?2, n_in_progress = ?3, n_blocked = ?4, n_completed = ?5,
        n_cancelled = ?6 WHERE id = ?1";
    let Tally { open, in_progress, blocked, completed, cancelled } = children;
    connection.prepare_cached(sql)?.execute(params![id, open, in_progress, blocked, completed, cancelled])?;
    Ok(())
}

fn load(connection: &Connection, id: i64) -> Outcome<State> {
    let sql =
        "SELECT id, parent, path, said, status, n_open, n_in_progress, n_blocked, n_completed, n_cancelled,
        blockers, stuck FROM work_items WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], |row| {
        Ok(State {
            id: row.get(0)?,
            parent: row.get(1)?,
            path: row.get(2)?,
            said: word(row, 3, Status::named)?,
            status: word(row, 4, Status::named)?,
            children: tally(row, 5)?,
            blockers: row.get(10)?,
            stuck: row.get(11)?,
        })
    })?)
}
