//! Types and entities as operations answer with them.

use crate::language::schema::brief;
use crate::operations::time::rfc3339;
use crate::store::entities::{EntityRow, TypeRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = brief(&["entity_id", "name", "version", "data", "tags"]))]
pub struct EntityView {
    pub entity_id: String,
    pub entity_type: String,
    pub name: String,
    pub version: u64,
    pub data: Map<String, Value>,
    pub tags: Vec<String>,
    pub created_at: String,
    pub created_by: String,
    pub updated_at: String,
    pub updated_by: String,
    pub deleted: bool,
}

impl From<EntityRow> for EntityView {
    fn from(row: EntityRow) -> Self {
        Self {
            deleted: row.is_deleted(),
            entity_id: row.id.to_string(),
            entity_type: row.kind,
            name: row.name,
            version: row.version,
            data: match row.data {
                Value::Object(data) => data,
                _ => Map::new(),
            },
            tags: row.tags,
            created_at: rfc3339(row.created_at),
            created_by: row.created_by,
            updated_at: rfc3339(row.updated_at),
            updated_by: row.updated_by.name,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TypeSummary {
    pub name: String,
    pub version: u64,
    pub description: String,
    /// How many there are.
    pub entities: u64,
    pub updated_at: String,
    pub updated_by: String,
}

impl From<TypeRow> for TypeSummary {
    fn from(row: TypeRow) -> Self {
        Self {
            name: row.name,
            version: row.state.version,
            description: row.description,
            entities: row.count,
            updated_at: rfc3339(row.updated_at),
            updated_by: row.updated_by,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntityTypeView {
    pub name: String,
    pub version: u64,
    pub description: String,
    pub schema: Value,
    /// How many there are.
    pub entities: u64,
    pub updated_at: String,
    pub updated_by: String,
}

impl From<TypeRow> for EntityTypeView {
    fn from(row: TypeRow) -> Self {
        let schema = row.schema.clone();
        let TypeSummary { name, version, description, entities, updated_at, updated_by } = row.into();
        Self { name, version, description, schema, entities, updated_at, updated_by }
    }
}
