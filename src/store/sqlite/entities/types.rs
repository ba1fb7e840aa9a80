//! The rows of types and of their versions.

use crate::store::entities::{TypeDraft, TypeRow, TypeState, TypeVersion};
use crate::store::error::Error;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::{from_json, to_json};
use rusqlite::{Connection, OptionalExtension, Row, params};

const SELECT: &str =
    "SELECT t.id, t.name, t.version, t.description, t.count, t.changes, t.created_at, v.schema, v.at, v.by
    FROM entity_types t JOIN entity_type_versions v ON v.type = t.id AND v.version = t.version";

/// What questions about the entities of a type go by, without its schema.
pub(super) struct Kind {
    pub id: u64,
    pub name: String,
    /// The number that the next entity gets.
    pub next: u64,
    /// How many are not deleted.
    pub count: u64,
}

pub(super) fn kind(connection: &Connection, name: &str) -> Outcome<Kind> {
    let sql = "SELECT id, next, count FROM entity_types WHERE name = ?1";
    let kind = |row: &Row<'_>| {
        Ok(Kind { id: row.get(0)?, name: name.to_owned(), next: row.get(1)?, count: row.get(2)? })
    };
    let found = connection.prepare_cached(sql)?.query_row([name], kind).optional()?;
    Ok(found.ok_or_else(|| unknown(name))?)
}

pub(super) fn get(connection: &Connection, name: &str) -> Outcome<TypeRow> {
    let found = find(connection, name)?;
    Ok(found.ok_or_else(|| unknown(name))?)
}

fn unknown(name: &str) -> Error {
    Error::NotFound { what: "entity type", name: name.to_owned() }
}

fn find(connection: &Connection, name: &str) -> Outcome<Option<TypeRow>> {
    let sql = format!("{SELECT} WHERE t.name = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([name], from_row).optional()?)
}

pub(super) fn list(connection: &Connection) -> Outcome<Vec<TypeRow>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY t.name"))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn versions(connection: &Connection, name: &str) -> Outcome<Vec<TypeVersion>> {
    let kind = get(connection, name)?;
    let sql =
        "SELECT version, schema, by, at FROM entity_type_versions WHERE type = ?1 ORDER BY version DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([kind.id], |row| {
        Ok(TypeVersion { version: row.get(0)?, schema: from_json(row, 1)?, by: row.get(2)?, at: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn put(connection: &Connection, draft: &TypeDraft, seen: Option<TypeState>) -> Outcome<TypeRow> {
    let present = find(connection, &draft.name)?;
    let state = present.as_ref().map(|row| row.state);
    if state != seen {
        let count = |state: Option<TypeState>| state.map_or(0, |state| state.version + state.changes);
        let (expected, actual) = (count(seen), count(state));
        return Err(Error::Conflict { run: format!("type {}", draft.name), expected, actual }.into());
    }
    let version = state.map_or(1, |state| state.version + 1);
    let id = match &present {
        None => {
            let sql =
                "INSERT INTO entity_types (name, version, description, next, count, changes, created_at)
                       VALUES (?1, 1, ?2, 1, 0, 0, ?3)";
            let description = draft.description.as_deref().unwrap_or_default();
            connection.prepare_cached(sql)?.execute(params![draft.name, description, draft.at])?;
            u64::try_from(connection.last_insert_rowid()).unwrap_or_default()
        }
        Some(row) => {
            let sql =
                "UPDATE entity_types SET version = ?2, description = coalesce(?3, description) WHERE id = ?1";
            connection.prepare_cached(sql)?.execute(params![row.id, version, draft.description])?;
            row.id
        }
    };
    let sql = "INSERT INTO entity_type_versions (type, version, schema, at, by) VALUES (?1, ?2, ?3, ?4, ?5)";
    let schema = to_json(&draft.schema)?;
    connection.prepare_cached(sql)?.execute(params![id, version, schema, draft.at, draft.by])?;
    get(connection, &draft.name)
}

/// The number that the next entity gets.
pub(super) fn next(connection: &Connection, id: u64) -> Outcome<u64> {
    let sql = "SELECT next FROM entity_types WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
}

/// What a batch came to.
pub(super) fn advance(connection: &Connection, id: u64, next: u64, (more, less): (u64, u64)) -> Outcome<()> {
    let sql =
        "UPDATE entity_types SET next = ?2, count = count + ?3 - ?4, changes = changes + 1 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, next, more, less])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<TypeRow> {
    Ok(TypeRow {
        id: row.get(0)?,
        name: row.get(1)?,
        state: TypeState { version: row.get(2)?, changes: row.get(5)? },
        description: row.get(3)?,
        count: row.get(4)?,
        created_at: row.get(6)?,
        schema: from_json(row, 7)?,
        updated_at: row.get(8)?,
        updated_by: row.get(9)?,
    })
}
