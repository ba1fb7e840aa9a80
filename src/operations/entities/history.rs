//! `wfmcp entities history`.

use super::rules;
use crate::operations::page::Place;
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::records::change::differences;
use crate::store::entities::{Change, EntityRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Get every version of an entity, newest first.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEntityHistory {
    /// Name of its type.
    #[arg(value_name = "TYPE")]
    pub entity_type: String,
    /// Name or id; a deleted one by its id.
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// At most 1000.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// `cursor` of the page before.
    #[serde(default)]
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityHistory {
    pub entity_id: String,
    pub name: String,
    pub items: Vec<EntityVersion>,
    pub has_more: bool,
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityVersion {
    pub version: u64,
    /// `created`, `updated` or `deleted`.
    pub change: String,
    pub at: String,
    pub by: String,
    /// terminal, script, mcp, engine ...
    pub face: String,
    /// The run, or the connection, it was done in.
    pub session: Option<String>,
    pub data: Value,
    pub tags: Vec<String>,
    /// What it has that the version before had not.
    pub changes: Vec<FieldChange>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// JSON pointer into data.
    pub pointer: String,
    /// Absent where there was nothing.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Operation for GetEntityHistory {
    const NAME: &'static str = "get_entity_history";
    const COMMAND: &'static [&'static str] = &["entities", "history"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Entities;
    const EXAMPLE: &'static str = "wfmcp entities history vendor acme";
    const ALIASES: Aliases = super::get::ALIASES;
    type Output = EntityHistory;

    async fn perform(self, context: &Context) -> Result<EntityHistory, Error> {
        let limit = rules::limit(self.limit)?;
        let row = rules::entity(context, &self.entity_type, &self.entity)?;
        let place = Place::read(Self::NAME, &row.id.0, Some(limit), self.cursor.as_deref())?;
        let before = place.after.as_ref().and_then(|after| after.parse().ok());
        let entities = &context.project()?.entities;
        let versions = entities.entity_history(row.id, before, limit + 1)?;
        let mut left = rules::bytes_max(context);
        let mut items = Vec::new();
        for (at, version) in versions.iter().enumerate().take(limit) {
            let item = told(version, versions.get(at + 1));
            let size = serde_json::to_string(&item).map_or(0, |text| text.len());
            if size > left && at > 0 {
                break;
            }
            left = left.saturating_sub(size);
            items.push(item);
        }
        let has_more = items.len() < versions.len();
        let last = items.last().filter(|_| has_more);
        Ok(EntityHistory {
            entity_id: row.id.to_string(),
            name: row.name,
            cursor: last.map(|item| place.cursor(&item.version.to_string())),
            items,
            has_more,
        })
    }
}

fn told(row: &EntityRow, before: Option<&EntityRow>) -> EntityVersion {
    let empty = Value::Object(serde_json::Map::new());
    let changes = differences(before.map_or(&empty, |row| &row.data), &row.data);
    let change = match row.change {
        Change::Created => "created",
        Change::Updated => "updated",
        Change::Deleted => "deleted",
    };
    EntityVersion {
        version: row.version,
        change: change.to_owned(),
        at: rfc3339(row.updated_at),
        by: row.updated_by.name.clone(),
        face: serde_json::to_value(row.updated_by.face)
            .ok()
            .and_then(|face| face.as_str().map(str::to_owned))
            .unwrap_or_default(),
        session: row.updated_by.session.clone(),
        data: row.data.clone(),
        tags: row.tags.clone(),
        changes: changes
            .into_iter()
            .map(|one| FieldChange { pointer: one.pointer, before: one.before, after: one.after })
            .collect(),
    }
}
