//! The one registry of a home: its projects and which of them is active.

use super::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub trait Registry: Send + Sync {
    /// `Exists` if the name is taken.
    fn create(&self, project: &ProjectRow) -> Result<()>;
    /// By id or by name.
    fn get(&self, id_or_name: &str) -> Result<ProjectRow>;
    /// By name, archived ones last.
    fn list(&self) -> Result<Vec<ProjectRow>>;
    fn update(&self, project: &ProjectRow) -> Result<()>;
    fn active(&self) -> Result<ProjectRow>;
    fn set_active(&self, id: &str) -> Result<()>;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub metadata: Map<String, Value>,
    pub archived: bool,
    pub created_at: i64,
    pub updated_at: i64,
}
