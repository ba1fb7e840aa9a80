//! The audit trail of a home, in its own file: nothing else waits for it.

use super::file::connection::Outcome;
use super::file::database::Database;
use super::file::writer::Durability;
use super::rows::{from_json, to_json};
use crate::store::audit::{Audit as Trait, AuditFilter, AuditRow};
use crate::store::error::Result;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use std::path::PathBuf;

pub(super) const MIGRATIONS: &[&str] = &[include_str!("migrations/audit_0001.sql")];

pub struct Audit(Database);

impl Audit {
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        Database::open(path, MIGRATIONS, Durability::OfTheProcess).map(Self)
    }
}

impl Trait for Audit {
    fn append(&self, entry: &AuditRow) -> Result<()> {
        let entry = entry.clone();
        self.0.writer.write(move |connection| {
            let sql = "INSERT INTO entries (at, name, actor, project, operation, target, outcome)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            connection.prepare_cached(sql)?.execute(params![
                entry.at,
                entry.by.name,
                to_json(&entry.by)?,
                entry.project,
                entry.operation,
                entry.target,
                entry.outcome,
            ])?;
            Ok(())
        })
    }

    fn list(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>> {
        let conditions: [(&str, Option<&dyn ToSql>); 5] = [
            ("name = ?", filter.by.as_ref().map(|by| by as _)),
            ("operation = ?", filter.operation.as_ref().map(|operation| operation as _)),
            ("project = ?", filter.project.as_ref().map(|project| project as _)),
            ("at >= ?", filter.since.as_ref().map(|since| since as _)),
            ("id < ?", filter.before.as_ref().map(|before| before as _)),
        ];
        let (texts, values): (Vec<&str>, Vec<&dyn ToSql>) =
            conditions.into_iter().filter_map(|(text, value)| Some((text, value?))).unzip();
        let wanted = if texts.is_empty() { "TRUE".to_owned() } else { texts.join(" AND ") };
        let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let sql = format!(
            "SELECT id, at, actor, project, operation, target, outcome FROM entries WHERE {wanted}
             ORDER BY id DESC LIMIT {limit}"
        );
        self.0.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map(values.as_slice(), from_row)?.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// When the last entry was written.
pub(super) fn last(connection: &Connection) -> Outcome<Option<i64>> {
    let sql = "SELECT at FROM entries ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: row.get(1)?,
        by: from_json(row, 2)?,
        project: row.get(3)?,
        operation: row.get(4)?,
        target: row.get(5)?,
        outcome: row.get(6)?,
    })
}
