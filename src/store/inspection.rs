//! A home that nobody has opened, as it lies on the disk: what `wfmcp doctor` looks at.

use super::error::Result;
use super::registry::ProjectRow;
use std::path::{Path, PathBuf};

/// A home as it lies on the disk: looked at without opening it for use, so that nothing in it is made or changed, and
/// whatever is wrong with one part hides no other.
pub trait Inspection: Send + Sync {
    /// The folder in which everything is.
    fn root(&self) -> &Path;
    fn registry(&self) -> Kept;
    fn audit(&self) -> Kept;
    fn project(&self, id: &str) -> Kept;
    /// What the registry says, archived projects too.
    fn registered(&self) -> Result<Vec<ProjectRow>>;
    /// The ids by which the registry knows projects that are being deleted.
    fn condemned(&self) -> Result<Vec<String>>;
    /// The ids for which there is a folder.
    fn folders(&self) -> Vec<String>;
    /// When the last change was put on record.
    fn last_change(&self) -> Option<i64>;
    /// The lock files of processes that are gone.
    fn left_locks(&self) -> Vec<PathBuf>;
    /// Take those away.
    fn remove_left_locks(&self);
}

/// A database file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    pub condition: Condition,
    /// Its write-ahead log, where there is one with something in it.
    pub log: Option<PathBuf>,
    /// Whether there is something in its folder that only a database leaves.
    pub traces: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Absent,
    Sound,
    /// Of an earlier release: whoever uses it next brings it up to date.
    Older {
        found: u32,
        known: u32,
    },
    Newer {
        found: u32,
        known: u32,
    },
    Damaged(String),
    Unreadable(String),
}
