//! A project as lists show it, and how one is found by its name.

use crate::operations::error::Kind;
use crate::operations::time::rfc3339;
use crate::operations::{Error, Hint};
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
    pub archived: bool,
    pub metadata: Map<String, Value>,
    pub created_at: String,
    pub updated_at: String,
}

impl ProjectSummary {
    pub fn of(row: ProjectRow, active: &str) -> Self {
        Self {
            active: row.id == active,
            project_id: row.id,
            name: row.name,
            description: row.description,
            archived: row.archived,
            metadata: row.metadata,
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
