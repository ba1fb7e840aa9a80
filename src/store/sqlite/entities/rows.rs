//! The rows of entities, and of the versions they had.

use super::types::Kind;
use crate::records::name::EntityId;
use crate::store::entities::{Change, EntityRow, Which};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::{Document, from_json, to_json};
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::ops::ControlFlow;

macro_rules! select {
    ($from:literal) => {
        concat!(
            "SELECT e.id, e.name, e.version, e.change, e.created_at, e.created_by, e.updated_at, e.updated_by, e.tags, e.data
             FROM ",
            $from
        )
    };
}

const NAME: usize = 1;
const TAGS: usize = 8;
const DATA: usize = 9;

/// Told of each row, with about what it adds to an answer, in bytes.
pub(super) type Take<'t> = &'t mut dyn FnMut(EntityRow, usize) -> ControlFlow<()>;

/// Entities of one type that are known to be there, in the order of these ids.
pub(super) fn read(
    connection: &Connection,
    kind: &Kind,
    ids: impl Iterator<Item = u64>,
    take: Take<'_>,
) -> Outcome<ControlFlow<()>> {
    const FRAME: usize = 300;
    let length = |row: &Row<'_>, index| Ok::<_, rusqlite::Error>(row.get_ref(index)?.as_str()?.len());
    let sql = select!("json_each(?1) wanted CROSS JOIN entities e ON e.id = wanted.value");
    let mut statement = connection.prepare_cached(sql)?;
    for wanted in lists(ids) {
        let mut rows = statement.query([wanted?])?;
        while let Some(row) = rows.next()? {
            let size = FRAME + length(row, NAME)? + length(row, TAGS)? + length(row, DATA)?;
            if take(from_row(row, &kind.name)?, size).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// One column of these, told one after the other.
pub(super) fn column<T: FromSql>(
    connection: &Connection,
    column: &str,
    ids: impl Iterator<Item = u64>,
    mut tell: impl FnMut(EntityId, T),
) -> Outcome<()> {
    let from = "json_each(?1) wanted CROSS JOIN entities e ON e.id = wanted.value";
    let mut statement = connection.prepare_cached(&format!("SELECT e.id, e.{column} FROM {from}"))?;
    for wanted in lists(ids) {
        let mut rows = statement.query([wanted?])?;
        while let Some(row) = rows.next()? {
            tell(EntityId(row.get(0)?), row.get(1)?);
        }
    }
    Ok(())
}

/// Ids as a statement takes them, many at once: to ask for each takes longer than to find it.
fn lists(ids: impl Iterator<Item = u64>) -> impl Iterator<Item = rusqlite::Result<String>> {
    const TOGETHER: usize = 1_000;
    let mut ids = ids.fuse();
    std::iter::from_fn(move || {
        let list: Vec<u64> = ids.by_ref().take(TOGETHER).collect();
        (!list.is_empty()).then(|| to_json(&list))
    })
}

/// A name is that of a live one; an id is that of any.
pub(super) fn find(
    connection: &Connection,
    (kind, kind_name): (u64, &str),
    which: &Which,
) -> Outcome<Option<EntityRow>> {
    let read = |row: &Row<'_>| from_row(row, kind_name);
    let found = match which {
        Which::Id(id) => connection
            .prepare_cached(select!("entities e WHERE e.type = ?1 AND e.id = ?2"))?
            .query_row(params![kind, id.0], read),
        Which::Name(name) => connection
            .prepare_cached(select!("entities e WHERE e.type = ?1 AND e.is_deleted = 0 AND e.name = ?2"))?
            .query_row(params![kind, name], read),
    };
    Ok(found.optional()?)
}

/// One that is known to be there.
pub(super) fn by_id(connection: &Connection, id: u64) -> Outcome<EntityRow> {
    let sql = "SELECT name FROM entity_types WHERE id = ?1";
    let kind = EntityId(id).kind();
    let name: String = connection.prepare_cached(sql)?.query_row([kind], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(select!("entities e WHERE e.id = ?1"))?;
    Ok(statement.query_row([id], |row| from_row(row, &name))?)
}

pub(super) fn insert(connection: &Connection, row: &EntityRow) -> Outcome<()> {
    let sql = "INSERT INTO entities (id, type, name, version, change, is_deleted, created_at, created_by,
                                     updated_at, updated_by, tags, data)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.id.kind(),
        row.name,
        row.version,
        to_json(&row.change)?,
        row.is_deleted(),
        row.created_at,
        row.created_by,
        row.updated_at,
        to_json(&row.updated_by)?,
        to_json(&row.tags)?,
        to_json(&row.data)?,
    ])?;
    Ok(())
}

pub(super) fn update(connection: &Connection, row: &EntityRow) -> Outcome<()> {
    let sql =
        "UPDATE entities SET version = ?2, change = ?3, is_deleted = ?4, updated_at = ?5, updated_by = ?6,
                                   tags = ?7, data = ?8
               WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.version,
        to_json(&row.change)?,
        row.is_deleted(),
        row.updated_at,
        to_json(&row.updated_by)?,
        to_json(&row.tags)?,
        to_json(&row.data)?,
    ])?;
    Ok(())
}

/// Keep a version that another one follows.
pub(super) fn remember(connection: &Connection, row: &EntityRow) -> Outcome<()> {
    let sql = "INSERT INTO entity_history (entity, version, change, updated_at, updated_by, tags, data)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.version,
        to_json(&row.change)?,
        row.updated_at,
        to_json(&row.updated_by)?,
        to_json(&row.tags)?,
        to_json(&row.data)?,
    ])?;
    Ok(())
}

pub(super) fn history(
    connection: &Connection,
    id: EntityId,
    before: Option<u64>,
    limit: usize,
) -> Outcome<Vec<EntityRow>> {
    let present = by_id(connection, id.0)?;
    let before = before.unwrap_or(u64::MAX >> 1);
    let mut versions: Vec<EntityRow> = Vec::new();
    if present.version < before {
        versions.push(present.clone());
    }
    let sql = "SELECT version, change, updated_at, updated_by, tags, data FROM entity_history
               WHERE entity = ?1 AND version < ?2 ORDER BY version DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![id.0, before, limit], |row| {
        Ok(EntityRow {
            version: row.get(0)?,
            change: from_json(row, 1)?,
            updated_at: row.get(2)?,
            updated_by: from_json(row, 3)?,
            tags: from_json(row, 4)?,
            data: from_json(row, 5)?,
            ..present.clone()
        })
    })?;
    for row in rows {
        versions.push(row?);
    }
    versions.truncate(limit);
    Ok(versions)
}

fn from_row(row: &Row<'_>, kind: &str) -> rusqlite::Result<EntityRow> {
    let change: Change = from_json(row, 3)?;
    Ok(EntityRow {
        id: EntityId(row.get(0)?),
        kind: kind.to_owned(),
        name: row.get(NAME)?,
        version: row.get(2)?,
        change,
        created_at: row.get(4)?,
        created_by: row.get(5)?,
        updated_at: row.get(6)?,
        updated_by: from_json(row, 7)?,
        tags: from_json(row, TAGS)?,
        data: row.get::<_, Document>(DATA)?.0,
    })
}
