//! A project as lists show it, and how one is found by its name.

use crate::operations::error::Kind;
use crate::operations::runs::UNFINISHED;
use crate::operations::time::rfc3339;
use crate::operations::{Context, Error, Hint};
use crate::store;
use crate::store::registry::{ProjectRow, Registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectSummary {
    pub project_id: String,
    pub name: String,
    pub description: String,
    /// Whether commands that name no project mean this one.
    pub active: bool,
    pub status: ProjectStatus,
    pub metadata: Map<String, Value>,
    /// How often it was changed, and one; `update_project` takes the one you saw.
    pub version: u64,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// It takes runs; several projects do, and one of them is the active one.
    Active,
    /// Put away: out of the lists, and it takes no new runs.
    Archived,
}

impl ProjectSummary {
    pub fn of(row: ProjectRow, active: &str) -> Self {
        Self {
            active: row.id == active,
            project_id: row.id,
            name: row.name,
            description: row.description,
            status: if row.archived { ProjectStatus::Archived } else { ProjectStatus::Active },
            metadata: row.metadata,
            version: row.version,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
        }
    }
}

/// A project by its id or name, or by a prefix of either that only one has.
pub fn find(registry: &dyn Registry, name: &str) -> Result<ProjectRow, Error> {
    match registry.get(name) {
        Err(store::Error::NotFound { .. }) => {}
        other => return Ok(other?),
    }
    let all = registry.list()?;
    let begins = |row: &&ProjectRow| row.name.starts_with(name) || row.id.starts_with(name);
    let mut matching: Vec<&ProjectRow> = all.iter().filter(begins).collect();
    match (matching.len(), name.is_empty()) {
        (1, false) => Ok(matching.remove(0).clone()),
        (0, _) | (_, true) => Err(Error::not_found("project", name)
            .suggest(name, all.iter().map(|row| row.name.as_str()))
            .hint(Hint::call("see which there are", "list_projects"))
            .hint(Hint::call("or create it", "create_project").with("name", name))),
        _ => {
            let names: Vec<&str> = matching.iter().map(|row| row.name.as_str()).collect();
            Err(Error::new(Kind::InvalidInput, format!("`{name}` could mean {}", names.join(", ")))
                .hint("write more of the name"))
        }
    }
}

/// Somebody else has this name.
pub(super) fn taken(name: &str) -> Error {
    Error::new(Kind::Conflict, format!("a project `{name}` exists already"))
        .hint(Hint::call("make it the active one", "switch_project").with("project", name))
}

/// Archived ones take no new runs.
pub fn refuse_archived(row: &ProjectRow) -> Result<(), Error> {
    if row.archived {
        return Err(store::Error::Archived { what: "project", name: row.name.clone() }.into());
    }
    Ok(())
}

/// How many of its runs have not ended.
pub(super) fn live_runs(context: &Context, row: &ProjectRow) -> Result<u64, Error> {
    let Some(project) = context.world().glance(row)? else { return Ok(0) };
    let counts = project.journal.count_runs()?;
    Ok(counts
        .iter()
        .filter(|(status, _)| UNFINISHED.contains(&status.as_str()))
        .map(|(_, count)| count)
        .sum())
}
