//! The table `work_items`: one row an item, as it is read and written.

use crate::records::work::{Item, ItemType, Priority, Status, Tally};
use crate::store::error::Error;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::{from_json, to_json};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) const COLUMNS: &str = "work_items.id, item, path, depth, type, title, said, status, priority, metadata,
    branch, version, n_open, n_in_progress, n_blocked, n_completed, n_cancelled, blockers, obstacles, created_at,
    created_by, updated_at, updated_by";

/// An item, and its number in the other tables.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    pub id: i64,
    pub item: Item,
}

pub(super) fn find(connection: &Connection, item: &str) -> Outcome<Numbered> {
    let sql = format!("SELECT {COLUMNS} FROM work_items WHERE item = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([item], from_row).optional()?;
    Ok(found.ok_or_else(|| Error::NotFound { what: "work item", name: item.to_owned() })?)
}

pub(super) fn numbered(connection: &Connection, id: i64) -> Outcome<Numbered> {
    let sql = format!("SELECT {COLUMNS} FROM work_items WHERE id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id], from_row)?)
}

pub(super) fn exists(connection: &Connection, item: &str) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM work_items WHERE item = ?1")?.exists([item])?)
}

pub(super) fn number_of(connection: &Connection, item: &str) -> Outcome<i64> {
    let sql = "SELECT id FROM work_items WHERE item = ?1";
    let found = connection.prepare_cached(sql)?.query_row([item], |row| row.get(0)).optional()?;
    Ok(found.ok_or_else(|| Error::NotFound { what: "work item", name: item.to_owned() })?)
}

pub(super) fn insert(connection: &Connection, parent: Option<i64>, item: &Item) -> Outcome<i64> {
    let sql = "INSERT INTO work_items (item, parent, path, depth, type, title, said, status, priority, metadata, branch,
        version, n_open, n_in_progress, n_blocked, n_completed, n_cancelled, blockers, stuck, obstacles, created_at,
        created_by, updated_at, updated_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, 0, 0, 0, 0, ?13, ?14, ?15, ?16, ?17, ?18)";
    connection.prepare_cached(sql)?.execute(params![
        item.id,
        parent,
        item.path,
        item.depth,
        item.item_type.name(),
        item.title,
        item.said.name(),
        item.status.name(),
        item.priority.rank(),
        to_json(&item.metadata)?,
        item.branch,
        item.version,
        item.is_stuck(),
        item.obstacles,
        item.created_at,
        item.created_by,
        item.updated_at,
        item.updated_by,
    ])?;
    Ok(connection.last_insert_rowid())
}

/// What somebody may say of an item. Where it is and what follows is written by `tree` and `spread`.
pub(super) fn write(connection: &Connection, id: i64, item: &Item) -> Outcome<()> {
    let sql = "UPDATE work_items SET title = ?2, said = ?3, priority = ?4, metadata = ?5, branch = ?6, version = ?7,
        updated_at = ?8, updated_by = ?9 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        id,
        item.title,
        item.said.name(),
        item.priority.rank(),
        to_json(&item.metadata)?,
        item.branch,
        item.version,
        item.updated_at,
        item.updated_by,
    ])?;
    Ok(())
}

/// From `COLUMNS`.
pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Numbered> {
    let path: String = row.get(2)?;
    let parent = path.trim_end_matches('/').rsplit('/').nth(1).filter(|parent| !parent.is_empty());
    let item = Item {
        id: row.get(1)?,
        parent: parent.map(str::to_owned),
        path,
        depth: row.get(3)?,
        item_type: word(row, 4, ItemType::named)?,
        title: row.get(5)?,
        said: word(row, 6, Status::named)?,
        status: word(row, 7, Status::named)?,
        priority: Priority::ranked(row.get(8)?).ok_or_else(|| unknown(8))?,
        metadata: from_json(row, 9)?,
        branch: row.get(10)?,
        version: row.get(11)?,
        children: tally(row, 12)?,
        blockers: row.get(17)?,
        obstacles: row.get(18)?,
        created_at: row.get(19)?,
        created_by: row.get(20)?,
        updated_at: row.get(21)?,
        updated_by: row.get(22)?,
    };
    Ok(Numbered { id: row.get(0)?, item })
}

/// From the five columns that begin at `first`.
pub(super) fn tally(row: &Row<'_>, first: usize) -> rusqlite::Result<Tally> {
    Ok(Tally {
        open: row.get(first)?,
        in_progress: row.get(first + 1)?,
        blocked: row.get(first + 2)?,
        completed: row.get(first + 3)?,
        cancelled: row.get(first + 4)?,
    })
}

pub(super) fn word<T>(row: &Row<'_>, index: usize, named: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    named(row.get_ref(index)?.as_str()?).ok_or_else(|| unknown(index))
}

fn unknown(index: usize) -> rusqlite::Error {
    let reason = "a word that this wfmcp does not know";
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, reason.into())
}

/// Where the paths below this one end: what is below it is from it to here.
pub(super) fn end_of(path: &str) -> String {
    // '0' is the character behind '/'.
    format!("{}0", path.trim_end_matches('/'))
}
