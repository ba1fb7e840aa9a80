//! The table `turns`: which runs of a key go on, and which wait until there is room.

use crate::engine::event::RunId;
use crate::store::journal::{RunTurn, TurnRow};
use crate::store::sqlite::file::connection::Outcome;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The first of each key that waits although there is room, for a condition on `runs.id`.
pub(in crate::store::sqlite) const WITH_ROOM: &str = "SELECT run FROM turns AS waiting WHERE held = 0
    AND (SELECT count(*) FROM turns AS other WHERE other.key = waiting.key AND other.held = 1) < waiting.cap
    AND NOT EXISTS (SELECT 1 FROM turns AS ahead JOIN runs ON runs.id = ahead.run
        WHERE ahead.key = waiting.key AND ahead.held = 0 AND ahead.id < waiting.id AND runs.status <> 'paused')";

/// What is so of a run that has not ended; nothing is kept of one that has.
pub(in crate::store::sqlite) fn put(
    connection: &Connection,
    run: i64,
    turn: Option<&TurnRow>,
) -> Outcome<()> {
    let Some(turn) = turn else {
        connection.prepare_cached("DELETE FROM turns WHERE run = ?1")?.execute([run])?;
        return Ok(());
    };
    let mut kept = connection.prepare_cached("SELECT key, cap, held FROM turns WHERE run = ?1")?;
    let read = |row: &Row<'_>| Ok(TurnRow { key: row.get(0)?, limit: row.get(1)?, held: row.get(2)? });
    match kept.query_row([run], read).optional()? {
        Some(before) if before == *turn => {}
        Some(_) => {
            let sql = "UPDATE turns SET key = ?2, cap = ?3, held = ?4 WHERE run = ?1";
            connection.prepare_cached(sql)?.execute(params![run, turn.key, turn.limit, turn.held])?;
        }
        None => {
            let sql = "INSERT INTO turns (run, key, cap, held) VALUES (?1, ?2, ?3, ?4)";
            connection.prepare_cached(sql)?.execute(params![run, turn.key, turn.limit, turn.held])?;
        }
    }
    Ok(())
}

/// The runs of a key that have not ended, in the order in which they came.
pub(in crate::store::sqlite) fn of_key(connection: &Connection, key: &str) -> Outcome<Vec<RunTurn>> {
    let sql = "SELECT runs.run, cap, held, status = 'paused' FROM turns JOIN runs ON runs.id = turns.run
        WHERE key = ?1 ORDER BY turns.id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| {
        let run = RunId::new(row.get_ref(0)?.as_str()?);
        Ok(RunTurn { run, limit: row.get(1)?, held: row.get(2)?, paused: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::store::sqlite) fn anybody_waits(connection: &Connection) -> Outcome<bool> {
    let sql =
        "SELECT 1 FROM turns JOIN runs ON runs.id = turns.run WHERE held = 0 AND status <> 'paused' LIMIT 1";
    Ok(connection.prepare_cached(sql)?.exists([])?)
}
