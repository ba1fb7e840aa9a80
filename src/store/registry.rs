//! The one registry of a home: its projects and which of them is active. The active one is there and not archived,
//! always.

use super::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::time::Duration;

/// The id of the project that every home has from its first moment.
pub const DEFAULT: &str = "default";

pub trait Registry: Send + Sync {
    /// `Exists` if the name is taken.
    fn create(&self, project: &ProjectRow) -> Result<()>;
    /// By id or by name.
    fn get(&self, id_or_name: &str) -> Result<ProjectRow>;
    /// By name, archived ones last.
    fn list(&self) -> Result<Vec<ProjectRow>>;
    /// Replace what is kept of a project; its version from then on. `Stale` if it is at another version than
    /// `project.version`, `Exists` if the name is taken, `InUse` if the active one were archived.
    fn update(&self, project: &ProjectRow) -> Result<u64>;
    fn active(&self) -> Result<ProjectRow>;
    /// The project that is active from then on. `Archived` if it can't be.
    fn set_active(&self, id: &str) -> Result<ProjectRow>;
}

/// Hears of what any process commits, in many projects at once.
pub trait Bells: Send {
    /// Wait until somebody commits, at most `timeout`; where, as far as it was heard. It may name a project in which
    /// nothing changed, and leaves out none for long.
    fn wait(&mut self, timeout: Duration) -> Rung;
}

/// Where somebody has committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rung {
    /// By their ids.
    pub projects: BTreeSet<String>,
    pub registry: bool,
}

impl Rung {
    pub fn is_empty(&self) -> bool {
        self.projects.is_empty() && !self.registry
    }

    pub fn add(&mut self, other: Self) {
        self.projects.extend(other.projects);
        self.registry |= other.registry;
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub metadata: Map<String, Value>,
    pub archived: bool,
    /// How often it was changed, and one.
    pub version: u64,
    pub created_at: i64,
    pub updated_at: i64,
}
