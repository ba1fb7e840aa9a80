//! What changed something in a home, and by whom: append-only, for all projects.

use super::error::Result;
use crate::engine::event::Actor;
use serde::{Deserialize, Serialize};

pub trait Audit: Send + Sync {
    /// Survives the end of this process; a power cut may take the last moments.
    fn append(&self, entry: &AuditRow) -> Result<()>;
    /// Newest first.
    fn list(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>>;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Given by the store, in the order of appending.
    pub id: i64,
    pub at: i64,
    pub by: Actor,
    /// The project it was about, by its id.
    pub project: Option<String>,
    pub operation: String,
    /// What it was about.
    pub target: Option<String>,
    /// `done`, or the kind of error it came to.
    pub outcome: String,
}

#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub by: Option<String>,
    pub operation: Option<String>,
    pub project: Option<String>,
    pub since: Option<i64>,
    /// Only entries before this one, for paging.
    pub before: Option<i64>,
    pub limit: Option<usize>,
}
