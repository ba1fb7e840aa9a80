//! The registry in its own file: the projects of a home and the active one.

use super::file::connection::Outcome;
use super::file::database::Database;
use super::file::memo::Memo;
use super::file::writer::Durability;
use crate::store::error::{Error, Result};
use crate::store::registry::{ProjectRow, Registry as Trait};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::PathBuf;

pub(super) const MIGRATIONS: &[&str] =
    &[include_str!("migrations/registry_0001.sql"), include_str!("migrations/registry_0002.sql")];

const COLUMNS: &str = "id, name, description, metadata, archived, created_at, updated_at, version";

pub struct Registry {
    database: Database,
    active: Memo<(), ProjectRow>,
}

impl Registry {
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let database = Database::open(path, MIGRATIONS, Durability::OfTheDisk)?;
        Ok(Self { database, active: Memo::default() })
    }

    /// The project is gone for everybody when this returns; its folder is still to be removed.
    pub(super) fn condemn(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.database.writer.write(move |connection| {
            let project = find(connection, &id)?.filter(|project| project.id == id);
            let project = project.ok_or_else(|| not_found(&id))?;
            if is_active(connection, &id)? {
                return Err(Error::InUse { what: "project", name: project.name }.into());
            }
            connection.execute("DELETE FROM projects WHERE id = ?1", [&id])?;
            connection.execute("INSERT INTO removals VALUES (?1)", [&id])?;
            Ok(())
        })
    }

    /// The deleted projects whose folders may still be there.
    pub(super) fn condemned(&self) -> Result<Vec<String>> {
        self.database.read(condemned)
    }

    /// Nothing is left of the project.
    pub(super) fn forget(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.database.writer.write(move |connection| {
            connection.execute("DELETE FROM removals WHERE project = ?1", [&id])?;
            Ok(())
        })
    }
}

impl Trait for Registry {
    fn create(&self, project: &ProjectRow) -> Result<()> {
        let project = project.clone();
        self.database.writer.write(move |connection| {
            for taken in [&project.id, &project.name] {
                if find(connection, taken)?.is_some() {
                    return Err(Error::Exists { what: "project", name: taken.clone() }.into());
                }
            }
            let sql = format!("INSERT INTO projects ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
            write_row(connection, &sql, &project)
        })
    }

    fn get(&self, id_or_name: &str) -> Result<ProjectRow> {
        self.database.read(|connection| find(connection, id_or_name))?.ok_or_else(|| not_found(id_or_name))
    }

    fn list(&self) -> Result<Vec<ProjectRow>> {
        self.database.read(list)
    }

    fn update(&self, project: &ProjectRow) -> Result<u64> {
        let expected = project.version;
        let project = ProjectRow { version: expected + 1, ..project.clone() };
        self.database.writer.write(move |connection| {
            let (what, name) = ("project", project.name.clone());
            let named = find(connection, &project.name)?;
            if named.is_some_and(|other| other.id != project.id) {
                return Err(Error::Exists { what, name }.into());
            }
            let actual = find(connection, &project.id)?.ok_or_else(|| not_found(&project.id))?.version;
            if actual != expected {
                return Err(Error::Stale { what, name, expected, actual }.into());
            }
            if project.archived && is_active(connection, &project.id)? {
                return Err(Error::InUse { what, name }.into());
            }
            let sql = "UPDATE projects SET name = ?2, description = ?3, metadata = ?4, archived = ?5,
                       created_at = ?6, updated_at = ?7, version = ?8 WHERE id = ?1";
            write_row(connection, sql, &project)?;
            Ok(project.version)
        })
    }

    fn active(&self) -> Result<ProjectRow> {
        self.active.get(&self.database.watch, (), || {
            let sql = format!("SELECT {COLUMNS} FROM projects WHERE id = (SELECT project FROM active)");
            self.database
                .read(|connection| {
                    Ok(connection.prepare_cached(&sql)?.query_row([], from_row).optional()?)
                })?
                .ok_or_else(|| not_found("active"))
        })
    }

    fn set_active(&self, id: &str) -> Result<ProjectRow> {
        let id = id.to_owned();
        self.database.writer.write(move |connection| {
            let project = find(connection, &id)?.ok_or_else(|| not_found(&id))?;
            if project.archived {
                return Err(Error::Archived { what: "project", name: project.name }.into());
            }
            connection.execute("UPDATE active SET project = ?1 WHERE project <> ?1", [&project.id])?;
            Ok(project)
        })
    }
}

pub(super) fn list(connection: &Connection) -> Outcome<Vec<ProjectRow>> {
    let sql = format!("SELECT {COLUMNS} FROM projects ORDER BY archived, name");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map([], from_row)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn condemned(connection: &Connection) -> Outcome<Vec<String>> {
    let mut statement = connection.prepare("SELECT project FROM removals")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn is_active(connection: &Connection, id: &str) -> Outcome<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM active WHERE project = ?1)";
    Ok(connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
}

fn not_found(name: &str) -> Error {
    Error::NotFound { what: "project", name: name.to_owned() }
}

/// An id is preferred to a name.
fn find(connection: &Connection, id_or_name: &str) -> Outcome<Option<ProjectRow>> {
    let sql = format!("SELECT {COLUMNS} FROM projects WHERE id = ?1 OR name = ?1 ORDER BY id <> ?1 LIMIT 1");
    Ok(connection.prepare_cached(&sql)?.query_row([id_or_name], from_row).optional()?)
}

fn write_row(connection: &Connection, sql: &str, project: &ProjectRow) -> Outcome<()> {
    connection.prepare_cached(sql)?.execute(params![
        project.id,
        project.name,
        project.description,
        serde_json::Value::Object(project.metadata.clone()).to_string(),
        project.archived,
        project.created_at,
        project.updated_at,
        project.version,
    ])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ProjectRow> {
    Ok(ProjectRow {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        metadata: super::rows::from_json(row, 3)?,
        archived: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
        version: row.get(7)?,
    })
}
