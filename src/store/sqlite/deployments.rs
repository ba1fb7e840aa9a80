//! The deployments of a project, in its file.

use super::file::connection::Outcome;
use super::home::Project;
use super::rows::{from_json, to_json};
use crate::records::deployment::Link;
use crate::store::deployments::{DeploymentFilter, DeploymentRow, Deployments};
use crate::store::error::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

const COLUMNS: &str = "id, deployment, deployed_at, environment, pull_request, commit_id, status, metadata,
                       recorded_at, recorded_by";

impl Deployments for Project {
    fn record(&self, deployment: &DeploymentRow) -> Result<()> {
        let row = deployment.clone();
        self.database().writer.write(move |connection| {
            if find(connection, &row.id)?.is_some() {
                return Err(Error::Exists { what: "deployment", name: row.id.clone() }.into());
            }
            for link in &row.links {
                if !leads_somewhere(connection, link)? {
                    return Err(Error::NotFound { what: kind(link), name: link.to_string() }.into());
                }
            }
            insert(connection, &row)
        })
    }

    fn deployment(&self, id: &str) -> Result<DeploymentRow> {
        self.database()
            .read(|connection| find(connection, id))?
            .ok_or_else(|| Error::NotFound { what: "deployment", name: id.to_owned() })
    }

    fn deployments(&self, filter: &DeploymentFilter) -> Result<Vec<DeploymentRow>> {
        self.database().read(|connection| list(connection, filter))
    }

    fn dangling(&self, links: &[Link]) -> Result<Vec<Link>> {
        self.database().read(|connection| {
            let mut dangling = Vec::new();
            for link in links {
                if !leads_somewhere(connection, link)? {
                    dangling.push(link.clone());
                }
            }
            Ok(dangling)
        })
    }
}

fn kind(link: &Link) -> &'static str {
    match link {
        Link::Entity { .. } => "entity",
        Link::WorkItem(_) => "work item",
    }
}

/// As it is kept: a work item has no type.
fn columns(link: &Link) -> (&str, &str) {
    match link {
        Link::Entity { of_type, name } => (of_type, name),
        Link::WorkItem(item) => ("", item),
    }
}

fn leads_somewhere(connection: &Connection, link: &Link) -> Outcome<bool> {
    let sql = match link {
        Link::Entity { .. } => {
            "SELECT EXISTS (SELECT 1 FROM entities JOIN entity_types ON entity_types.id = entities.type
             WHERE entity_types.name = ?1 AND entities.name = ?2 AND is_deleted = 0)"
        }
        Link::WorkItem(_) => "SELECT EXISTS (SELECT 1 FROM work_items WHERE ?1 = '' AND item = ?2)",
    };
    Ok(connection.prepare_cached(sql)?.query_row(columns(link), |row| row.get(0))?)
}

fn insert(connection: &Connection, row: &DeploymentRow) -> Outcome<()> {
    let sql = "INSERT INTO deployments (deployment, deployed_at, environment, pull_request, commit_id, status, metadata,
                                        recorded_at, recorded_by)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        row.id,
        row.deployed_at,
        row.environment,
        row.pull_request,
        row.commit,
        row.status,
        to_json(&row.metadata)?,
        row.recorded_at,
        row.recorded_by,
    ])?;
    let number = connection.last_insert_rowid();
    for (of_type, target) in row.links.iter().map(columns) {
        let sql = "INSERT INTO deployment_links (deployment, type, target) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![number, of_type, target])?;
    }
    Ok(())
}

fn find(connection: &Connection, id: &str) -> Outcome<Option<DeploymentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM deployments WHERE deployment = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([id], numbered).optional()?;
    found.map(|found| with_links(connection, found)).transpose()
}

fn list(connection: &Connection, filter: &DeploymentFilter) -> Outcome<Vec<DeploymentRow>> {
    let link = filter.link.as_ref().map(columns);
    let after = filter.after.as_ref();
    let conditions: [(&str, Vec<&dyn ToSql>); 9] = [
        ("environment = ?", filter.environment.iter().map(|it| it as _).collect()),
        ("status = ?", filter.status.iter().map(|it| it as _).collect()),
        ("pull_request = ?", filter.pull_request.iter().map(|it| it as _).collect()),
        ("substr(commit_id, 1, length(?)) = ?", twice(filter.commit.as_ref())),
        ("substr(deployment, 1, length(?)) = ?", twice(filter.id.as_ref())),
        (
            "id IN (SELECT deployment FROM deployment_links WHERE type = ? AND target = ?)",
            link.iter().flat_map(|(of_type, target)| [of_type as &dyn ToSql, target]).collect(),
        ),
        ("deployed_at >= ?", filter.since.iter().map(|it| it as _).collect()),
        ("deployed_at <= ?", filter.until.iter().map(|it| it as _).collect()),
        (
            "(deployed_at, deployment) < (?, ?)",
            after.into_iter().flat_map(|(at, id)| [at as &dyn ToSql, id]).collect(),
        ),
    ];
    let asked = conditions.into_iter().filter(|(_, values)| !values.is_empty());
    let (texts, values): (Vec<&str>, Vec<Vec<&dyn ToSql>>) = asked.unzip();
    let wanted = if texts.is_empty() { "TRUE".to_owned() } else { texts.join(" AND ") };
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM deployments WHERE {wanted}
         ORDER BY deployed_at DESC, deployment DESC LIMIT {limit}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(values.concat().as_slice(), numbered)?;
    let found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    found.into_iter().map(|found| with_links(connection, found)).collect()
}

fn twice(text: Option<&String>) -> Vec<&dyn ToSql> {
    text.into_iter().flat_map(|text| [text as &dyn ToSql, text]).collect()
}

fn with_links(connection: &Connection, (number, row): (i64, DeploymentRow)) -> Outcome<DeploymentRow> {
    let sql =
        "SELECT type, target FROM deployment_links WHERE deployment = ?1 ORDER BY type = '', type, target";
    let mut statement = connection.prepare_cached(sql)?;
    let links = statement.query_map([number], |row| {
        let (of_type, target): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(if of_type.is_empty() { Link::WorkItem(target) } else { Link::Entity { of_type, name: target } })
    })?;
    Ok(DeploymentRow { links: links.collect::<rusqlite::Result<_>>()?, ..row })
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<(i64, DeploymentRow)> {
    let deployment = DeploymentRow {
        id: row.get(1)?,
        deployed_at: row.get(2)?,
        environment: row.get(3)?,
        pull_request: row.get(4)?,
        commit: row.get(5)?,
        status: row.get(6)?,
        metadata: from_json(row, 7)?,
        links: Vec::new(),
        recorded_at: row.get(8)?,
        recorded_by: row.get(9)?,
    };
    Ok((row.get(0)?, deployment))
}
