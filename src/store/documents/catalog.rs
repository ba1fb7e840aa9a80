//! The documents a project keeps by name: workflows, patterns and prompts that were created rather than found in a
//! file.

use crate::store::error::Result;
use serde::{Deserialize, Serialize};

pub trait Catalog: Send + Sync {
    /// Keep a document; its version is the number of times this name was written. A text equal to the present one
    /// changes nothing.
    fn put(&self, kind: &str, name: &str, text: &str, now: i64) -> Result<DocumentRow>;
    fn get(&self, kind: &str, name: &str) -> Result<DocumentRow>;
    /// By name; archived ones only where asked for.
    fn list(&self, kind: &str, archived: Listing) -> Result<Vec<DocumentRow>>;
    fn archive(&self, kind: &str, name: &str, now: i64) -> Result<()>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    Current,
    WithArchived,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentRow {
    pub kind: String,
    pub name: String,
    pub text: String,
    pub version: u64,
    pub archived: bool,
    pub created_at: i64,
    pub updated_at: i64,
}
