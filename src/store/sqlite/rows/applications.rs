//! The applications of patterns, in a project's file.

use super::{from_json, to_json};
use crate::engine::event::RunId;
use crate::store::applications::{ApplicationFilter, ApplicationRow, Applications, TargetRef};
use crate::store::error::{Error, Result};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::sqlite::home::Project;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

const COLUMNS: &str =
    "application, pattern, target_type, target_name, target_id, target_version, parameters, run,
                       status, validation, results, error, applied_at, applied_by, ended_at";

impl Applications for Project {
    fn keep_refused(&self, application: &ApplicationRow) -> Result<()> {
        let row = application.clone();
        self.database().writer.write(move |connection| {
            let sql = "SELECT 1 FROM applications WHERE application = ?1";
            if connection.prepare_cached(sql)?.exists([&row.id])? {
                return Err(Error::Exists { what: "application", name: row.id.clone() }.into());
            }
            put(connection, &row)
        })
    }

    fn application(&self, id: &str) -> Result<ApplicationRow> {
        let sql = format!("SELECT {COLUMNS} FROM applications WHERE application = ?1");
        self.database()
            .read(|connection| Ok(connection.prepare_cached(&sql)?.query_row([id], row).optional()?))?
            .ok_or_else(|| Error::NotFound { what: "application", name: id.to_owned() })
    }

    fn applications(&self, filter: &ApplicationFilter) -> Result<Vec<ApplicationRow>> {
        self.database().read(|connection| list(connection, filter))
    }
}

/// Writes an application, or what its run has made of it since.
pub(in crate::store::sqlite) fn put(connection: &Connection, row: &ApplicationRow) -> Outcome<()> {
    let sql = format!(
        "INSERT INTO applications ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (application) DO UPDATE SET status = excluded.status, results = excluded.results,
                                                 error = excluded.error, ended_at = excluded.ended_at"
    );
    connection.prepare_cached(&sql)?.execute(params![
        row.id,
        row.pattern,
        row.target.entity_type,
        row.target.name,
        row.target.id,
        row.target.version,
        to_json(&row.parameters)?,
        row.run.as_ref().map(RunId::as_str),
        row.status,
        to_json(&row.validation)?,
        row.results.as_ref().map(to_json).transpose()?,
        row.error,
        row.applied_at,
        row.applied_by,
        row.ended_at,
    ])?;
    Ok(())
}

fn list(connection: &Connection, filter: &ApplicationFilter) -> Outcome<Vec<ApplicationRow>> {
    let run = filter.run.as_ref().map(RunId::as_str);
    let conditions: [(&str, Vec<&dyn ToSql>); 7] = [
        ("substr(application, 1, length(?)) = ?", twice(filter.id.as_ref())),
        ("pattern = ?", filter.pattern.iter().map(|it| it as _).collect()),
        ("target_type = ?", filter.entity_type.iter().map(|it| it as _).collect()),
        ("(target_name = ? OR target_id = ?)", twice(filter.target.as_ref())),
        ("status = ?", filter.status.iter().map(|it| it as _).collect()),
        ("run = ?", run.iter().map(|it| it as _).collect()),
        (
            "(applied_at, application) < (?, ?)",
            filter.after.iter().flat_map(|(at, id)| [at as &dyn ToSql, id]).collect(),
        ),
    ];
    let asked = conditions.into_iter().filter(|(_, values)| !values.is_empty());
    let (texts, values): (Vec<&str>, Vec<Vec<&dyn ToSql>>) = asked.unzip();
    let wanted = if texts.is_empty() { "TRUE".to_owned() } else { texts.join(" AND ") };
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM applications WHERE {wanted}
         ORDER BY applied_at DESC, application DESC LIMIT {limit}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(values.concat().as_slice(), row)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn twice(text: Option<&String>) -> Vec<&dyn ToSql> {
    text.into_iter().flat_map(|text| [text as &dyn ToSql, text]).collect()
}

fn row(row: &Row<'_>) -> rusqlite::Result<ApplicationRow> {
    let results: Option<String> = row.get(10)?;
    Ok(ApplicationRow {
        id: row.get(0)?,
        pattern: row.get(1)?,
        target: TargetRef {
            entity_type: row.get(2)?,
            name: row.get(3)?,
            id: row.get(4)?,
            version: row.get(5)?,
        },
        parameters: from_json(row, 6)?,
        run: row.get::<_, Option<String>>(7)?.map(RunId::new),
        status: row.get(8)?,
        validation: from_json(row, 9)?,
        results: results.map(|_| from_json(row, 10)).transpose()?,
        error: row.get(11)?,
        applied_at: row.get(12)?,
        applied_by: row.get(13)?,
        ended_at: row.get(14)?,
    })
}
