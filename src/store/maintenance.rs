//! The health of a store: what `wfmcp health` looks at.

use super::error::Result;
use serde::{Deserialize, Serialize};

pub trait Maintenance: Send + Sync {
    fn check(&self) -> Result<Health>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub path: String,
    pub format: u32,
    pub bytes: u64,
    /// What `PRAGMA quick_check` found; empty when all is well.
    pub problems: Vec<String>,
}
