//! The documents of a project, in its file.

use crate::store::catalog::{Catalog, DocumentRow, Listing};
use crate::store::error::{Error, Result};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::home::Project;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "kind, name, text, version, archived, created_at, updated_at";

impl Catalog for Project {
    fn put(&self, kind: &str, name: &str, text: &str, now: i64) -> Result<DocumentRow> {
        let (kind, name, text) = (kind.to_owned(), name.to_owned(), text.to_owned());
        self.database().writer.write(move |connection| {
            let present = find(connection, &kind, &name)?;
            if let Some(row) = present.as_ref().filter(|row| row.text == text && !row.archived) {
                return Ok(row.clone());
            }
            let row = DocumentRow {
                kind: kind.clone(),
                name: name.clone(),
                text: text.clone(),
                version: present.as_ref().map_or(0, |row| row.version) + 1,
                archived: false,
                created_at: present.map_or(now, |row| row.created_at),
                updated_at: now,
            };
            write_row(connection, &row)?;
            Ok(row)
        })
    }

    fn get(&self, kind: &str, name: &str) -> Result<DocumentRow> {
        self.database()
            .read(|connection| find(connection, kind, name))?
            .ok_or_else(|| Error::NotFound { what: "document", name: name.to_owned() })
    }

    fn list(&self, kind: &str, archived: Listing) -> Result<Vec<DocumentRow>> {
        let sql =
            format!("SELECT {COLUMNS} FROM documents WHERE kind = ?1 AND (archived = 0 OR ?2) ORDER BY name");
        self.database().read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params![kind, archived == Listing::WithArchived], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn archive(&self, kind: &str, name: &str, now: i64) -> Result<()> {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        self.database().writer.write(move |connection| {
            let Some(row) = find(connection, &kind, &name)? else {
                return Err(Error::NotFound { what: "document", name: name.clone() }.into());
            };
            if !row.archived {
                write_row(connection, &DocumentRow { archived: true, updated_at: now, ..row })?;
            }
            Ok(())
        })
    }
}

fn find(connection: &Connection, kind: &str, name: &str) -> Outcome<Option<DocumentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE kind = ?1 AND name = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row([kind, name], from_row).optional()?)
}

fn write_row(connection: &Connection, row: &DocumentRow) -> Outcome<()> {
    let sql = format!("INSERT OR REPLACE INTO documents ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    connection.prepare_cached(&sql)?.execute(params![
        row.kind,
        row.name,
        row.text,
        row.version,
        row.archived,
        row.created_at,
        row.updated_at,
    ])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        kind: row.get(0)?,
        name: row.get(1)?,
        text: row.get(2)?,
        version: row.get(3)?,
        archived: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
