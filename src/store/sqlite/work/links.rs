//! What is kept beside an item: the commits that are linked to it, and what was said of it.

use super::items;
use crate::records::work::{Item, Refusal, difference};
use crate::store::error::Error;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::rows::{from_json, to_json};
use crate::store::work::{ChangeRow, CommitRow};
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

const COMMITS_MAX: usize = 1_000;

pub(super) fn add_commit(connection: &Connection, item: &str, commit: &CommitRow) -> Outcome<(Item, bool)> {
    let found = items::find(connection, item)?;
    let sql = "SELECT 1 FROM work_commits WHERE item = ?1 AND hash = ?2";
    if connection.prepare_cached(sql)?.exists(params![found.id, commit.commit])? {
        return Ok((found.item, false));
    }
    let sql = "SELECT COUNT(*) FROM work_commits WHERE item = ?1";
    let count: usize = connection.prepare_cached(sql)?.query_row([found.id], |row| row.get(0))?;
    if count >= COMMITS_MAX {
        let (item, what) = (found.item.id, "commits");
        return Err(Error::from(Refusal::Full { item, what, limit: COMMITS_MAX }).into());
    }
    let sql =
        "INSERT INTO work_commits (item, hash, subject, checked, at, name) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let CommitRow { commit: hash, subject, checked, at, by } = commit;
    connection.prepare_cached(sql)?.execute(params![found.id, hash, subject, checked, at, by])?;
    let next =
        Item { version: found.item.version + 1, updated_at: *at, updated_by: by.clone(), ..found.item };
    items::write(connection, found.id, &next)?;
    let fields = Map::from_iter([("commit".to_owned(), json!([null, hash]))]);
    keep(connection, found.id, &next, &fields)?;
    Ok((next, true))
}

pub(super) fn commits(connection: &Connection, item: &str, limit: usize) -> Outcome<Vec<CommitRow>> {
    let id = items::number_of(connection, item)?;
    let sql =
        "SELECT hash, subject, checked, at, name FROM work_commits WHERE item = ?1 ORDER BY id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![id, limit], |row| {
        Ok(CommitRow {
            commit: row.get(0)?,
            subject: row.get(1)?,
            checked: row.get(2)?,
            at: row.get(3)?,
            by: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn keep_change(connection: &Connection, id: i64, before: &Item, after: &Item) -> Outcome<()> {
    let fields = difference(before, after).into_iter();
    let fields = fields.map(|(field, values)| (field.to_owned(), Value::from(values.to_vec())));
    keep(connection, id, after, &fields.collect())
}

fn keep(connection: &Connection, id: i64, item: &Item, fields: &Map<String, Value>) -> Outcome<()> {
    let sql = "INSERT INTO work_changes (item, version, at, name, fields) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![id, item.version, item.updated_at, item.updated_by, to_json(fields)?];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(super) fn changes(connection: &Connection, item: &str, limit: usize) -> Outcome<Vec<ChangeRow>> {
    let id = items::number_of(connection, item)?;
    let sql = "SELECT version, at, name, fields FROM work_changes WHERE item = ?1 ORDER BY id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![id, limit], |row| {
        Ok(ChangeRow { version: row.get(0)?, at: row.get(1)?, by: row.get(2)?, fields: from_json(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
