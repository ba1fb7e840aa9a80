//! The health of a store: what `wfmcp health` looks at.

use super::error::Result;
use crate::engine::event::RunId;
use serde::{Deserialize, Serialize};

pub trait Maintenance: Send + Sync {
    fn check(&self) -> Result<Health>;
    /// Follows the hash chain of a run, large values included; the first link that does not hold.
    fn verify(&self, run: &RunId) -> Result<Option<BrokenLink>>;
}

/// Where a journal no longer is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenLink {
    /// The first event of the entry.
    pub seq: u64,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub path: String,
    pub format: u32,
    pub bytes: u64,
    /// What `PRAGMA quick_check` found; empty when all is well.
    pub problems: Vec<String>,
}
