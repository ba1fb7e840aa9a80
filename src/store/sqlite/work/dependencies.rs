//! The table `work_dependencies`: what blocks what.

use super::items::{self, end_of, from_row};
use super::spread;
use crate::records::work::{Dependency, Item, Refusal, Relation, cycle};
use crate::store::error::Error;
use crate::store::sqlite::file::connection::{Fault, Outcome};
use crate::store::work::{DependencyRow, Side};
use rusqlite::{Connection, params};

/// On either side of one item.
const DEPENDENCIES_MAX: usize = 500;

pub(super) fn add(connection: &Connection, dependency: &Dependency, at: i64) -> Outcome<bool> {
    let first = items::find(connection, &dependency.blocker)?;
    let then = items::find(connection, &dependency.blocked)?;
    let sql = "SELECT 1 FROM work_dependencies WHERE blocker = ?1 AND blocked = ?2";
    if connection.prepare_cached(sql)?.exists([first.id, then.id])? {
        return Ok(false);
    }
    check_kin(&first.item, &then.item)?;
    for (one, sql) in [
        (&first, "SELECT COUNT(*) FROM work_dependencies WHERE blocker = ?1"),
        (&then, "SELECT COUNT(*) FROM work_dependencies WHERE blocked = ?1"),
    ] {
        let count: usize = connection.prepare_cached(sql)?.query_row([one.id], |row| row.get(0))?;
        if count >= DEPENDENCIES_MAX {
            let (item, what) = (one.item.id.clone(), "dependencies");
            return Err(Error::from(Refusal::Full { item, what, limit: DEPENDENCIES_MAX }).into());
        }
    }
    if let Some(chain) = cycle(&first.id, &then.id, |id| blocked_by(connection, *id))? {
        let names = chain.into_iter().map(|id| Ok(items::numbered(connection, id)?.item.id));
        return Err(Error::from(Refusal::Cycle(names.collect::<Outcome<_>>()?)).into());
    }
    let sql = "INSERT INTO work_dependencies (blocker, blocked, said, at) VALUES (?1, ?2, ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![first.id, then.id, dependency.said.name(), at])?;
    if !first.item.status.is_finished() {
        spread::block(connection, then.id, 1)?;
    }
    Ok(true)
}

pub(super) fn remove(connection: &Connection, first: &str, then: &str) -> Outcome<bool> {
    let first = items::find(connection, first)?;
    let then = items::number_of(connection, then)?;
    let sql = "DELETE FROM work_dependencies WHERE blocker = ?1 AND blocked = ?2";
    let gone = connection.prepare_cached(sql)?.execute([first.id, then])? > 0;
    if gone && !first.item.status.is_finished() {
        spread::block(connection, then, -1)?;
    }
    Ok(gone)
}

pub(super) fn list(connection: &Connection, item: &str) -> Outcome<Vec<DependencyRow>> {
    let id = items::number_of(connection, item)?;
    let mut rows = Vec::new();
    for (side, own, other) in [(Side::Blocker, "blocked", "blocker"), (Side::Blocked, "blocker", "blocked")] {
        let sql = format!(
            "SELECT {}, work_dependencies.said FROM work_dependencies JOIN work_items ON work_items.id = {other}
             WHERE {own} = ?1 ORDER BY at, item",
            items::COLUMNS.replace(" said,", " work_items.said,")
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let found = statement.query_map([id], |row| {
            let said = items::word(row, 23, Relation::named)?;
            Ok(DependencyRow { side, said, other: from_row(row)?.item })
        })?;
        for row in found {
            rows.push(row?);
        }
    }
    Ok(rows)
}

/// Whether nothing that is to be part of `target`, and of what that is part of, has a dependency with it.
pub(super) fn check_move(connection: &Connection, moved: &Item, target: &Item) -> Outcome<()> {
    let (start, end) = (&moved.path, end_of(&moved.path));
    for above in target.path.trim_matches('/').split('/') {
        let id = items::number_of(connection, above)?;
        for (own, other) in [("blocker", "blocked"), ("blocked", "blocker")] {
            let sql = format!(
                "SELECT item FROM work_dependencies JOIN work_items ON work_items.id = {other}
                 WHERE {own} = ?1 AND path >= ?2 AND path < ?3 LIMIT 1"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found = statement.query_map(params![id, start, end], |row| row.get::<_, String>(0))?;
            if let Some(part) = found.next() {
                return Err(Error::from(Refusal::Kin { part: part?, whole: above.to_owned() }).into());
            }
        }
    }
    Ok(())
}

/// What is outside of these paths and blocked by what is inside, with how many unfinished items there block it.
pub(super) fn outside(connection: &Connection, range: &[String; 2]) -> Outcome<Vec<(i64, i64)>> {
    let sql = "SELECT other.id, SUM(own.status NOT IN ('completed', 'cancelled'))
        FROM work_items own JOIN work_dependencies ON blocker = own.id JOIN work_items other ON other.id = blocked
        WHERE own.path >= ?1 AND own.path < ?2 AND NOT (other.path >= ?1 AND other.path < ?2)
        GROUP BY other.id ORDER BY other.id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([&range[0], &range[1]], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn check_kin(a: &Item, b: &Item) -> Result<(), Fault> {
    let (part, whole) = match (a.is_within(&b.path), b.is_within(&a.path)) {
        (true, true) => return Err(Error::from(Refusal::Cycle(vec![a.id.clone(), a.id.clone()])).into()),
        (true, false) => (a, b),
        (false, true) => (b, a),
        (false, false) => return Ok(()),
    };
    Err(Error::from(Refusal::Kin { part: part.id.clone(), whole: whole.id.clone() }).into())
}

fn blocked_by(connection: &Connection, id: i64) -> Outcome<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT blocked FROM work_dependencies WHERE blocker = ?1")?;
    Ok(statement.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}
