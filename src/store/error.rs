//! Why the store could not do something.

use std::io::{self, ErrorKind};
use std::path::Path;
use thiserror::Error as ThisError;

#[derive(Debug, ThisError)]
pub enum Error {
    /// Another process appended to this run first: read what came, decide again.
    #[error("run {run} has moved on to {actual}, expected {expected}")]
    Conflict { run: String, expected: u64, actual: u64 },
    /// The caller no longer holds the run.
    #[error("run {run} is carried by another process now")]
    NotOwner { run: String },
    /// A new action's id is already open elsewhere in the project.
    #[error("the id {0} is taken")]
    IdTaken(String),
    #[error("{what} {name} was not found")]
    NotFound { what: &'static str, name: String },
    #[error("{what} {name} exists already")]
    Exists { what: &'static str, name: String },
    /// Somebody changed it since it was read: read it again, decide again.
    #[error("{what} {name} is at version {actual} by now, not {expected}")]
    Stale { what: &'static str, name: String, expected: u64, actual: u64 },
    #[error("{what} {name} is the active one")]
    InUse { what: &'static str, name: String },
    #[error("{what} {name} is archived")]
    Archived { what: &'static str, name: String },
    /// The file that was opened is no longer there, and is not made again.
    #[error("{path} was deleted or replaced while it was in use")]
    Removed { path: String },
    /// A record that may not be as somebody wants it.
    #[error(transparent)]
    Refused(#[from] crate::records::work::Refusal),
    #[error("the disk is full: {path}")]
    Full { path: String },
    #[error("{path} cannot be written: {reason}")]
    ReadOnly { path: String, reason: String },
    #[error("{path} was written by a newer wfmcp (format {found}, this one knows {known})")]
    Newer { path: String, found: u32, known: u32 },
    #[error("{path} is damaged: {reason}")]
    Damaged { path: String, reason: String },
    #[error("{path} stayed locked by another process for {waited_ms} ms")]
    Locked { path: String, waited_ms: u64 },
    #[error("{path}: {reason}")]
    Io { path: String, reason: String },
}

impl Error {
    /// What a failed file operation means to whoever asked for it.
    pub fn of_io(path: &Path, error: &io::Error) -> Self {
        let path = path.display().to_string();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path },
            ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, reason: "its file system is read-only".to_owned() }
            }
            ErrorKind::PermissionDenied => Self::ReadOnly { path, reason: "permission denied".to_owned() },
            _ => Self::Io { path, reason: error.to_string() },
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;
