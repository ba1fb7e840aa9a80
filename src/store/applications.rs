//! The applications of patterns: what was applied to what, and what came of it. One that was begun is a projection of its
//! run, written with the run's events; one that was refused is kept as it was refused.

use super::error::Result;
use crate::engine::event::RunId;
use serde::Serialize;
use serde_json::{Map, Value};

pub trait Applications: Send + Sync {
    /// Keep one that came to no run.
    fn keep_refused(&self, application: &ApplicationRow) -> Result<()>;
    fn application(&self, id: &str) -> Result<ApplicationRow>;
    /// Newest first.
    fn applications(&self, filter: &ApplicationFilter) -> Result<Vec<ApplicationRow>>;
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ApplicationRow {
    pub id: String,
    pub pattern: String,
    /// The target as it was named where there is no such entity.
    pub target: TargetRef,
    pub parameters: Map<String, Value>,
    pub run: Option<RunId>,
    /// As the run's, or `blocked`.
    pub status: String,
    /// What was found before: requirements that held, and what was in the way.
    pub validation: Value,
    /// The outputs of the run.
    pub results: Option<Value>,
    pub error: Option<String>,
    pub applied_at: i64,
    pub applied_by: String,
    pub ended_at: Option<i64>,
}

/// The entity that a pattern was applied to, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetRef {
    pub entity_type: String,
    pub name: String,
    /// Absent where there was none.
    pub id: Option<String>,
    pub version: Option<u64>,
}

#[derive(Debug, Clone, Default)]
pub struct ApplicationFilter {
    pub id: Option<String>,
    pub pattern: Option<String>,
    pub entity_type: Option<String>,
    /// The target's name or id.
    pub target: Option<String>,
    pub status: Option<String>,
    pub run: Option<RunId>,
    /// Only those that come after this one in the list: its time and id.
    pub after: Option<(i64, String)>,
    pub limit: Option<usize>,
}
