//! How often each wording of a prompt was used, and what came of it.

use crate::store::error::Result;
use serde::{Deserialize, Serialize};

pub trait Usage: Send + Sync {
    fn count_use(&self, wording: &Wording, now: i64) -> Result<()>;
    /// Counts an outcome, and keeps its note if it has one.
    fn count_outcome(&self, report: &OutcomeReport) -> Result<()>;
    /// What was counted of a prompt, by version and variant.
    fn counts(&self, prompt: &str) -> Result<Vec<CountRow>>;
    /// The notes about a prompt, newest first.
    fn notes(&self, prompt: &str, limit: usize) -> Result<Vec<OutcomeReport>>;
}

/// One text of a prompt: that of a version, and of a variant where there are some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    pub prompt: String,
    pub version: Option<String>,
    pub variant: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Good,
    Bad,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeReport {
    pub wording: Wording,
    pub outcome: Outcome,
    pub note: Option<String>,
    pub by: String,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRow {
    pub wording: Wording,
    pub used: u64,
    pub good: u64,
    pub bad: u64,
    pub updated_at: i64,
}
