//! Whether a database file is still the one that was opened. A file that was deleted can be written to for as long as it
//! is open, and nobody would ever see it: so whoever reads or writes looks.

use crate::store::error::{Error, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(in crate::store::sqlite) struct Place {
    path: PathBuf,
    opened: Option<(u64, u64)>,
}

impl Place {
    /// Of a file that is open.
    pub(in crate::store::sqlite) fn of(path: PathBuf) -> Self {
        Self { opened: identity(&path), path }
    }

    pub(in crate::store::sqlite) fn path(&self) -> &Path {
        &self.path
    }

    /// `Removed` if another file, or none, is there by now.
    pub(in crate::store::sqlite) fn check(&self) -> Result<()> {
        if self.opened.is_some() && identity(&self.path) == self.opened {
            return Ok(());
        }
        Err(Error::Removed { path: self.path.display().to_string() })
    }

    /// What came of some work here; where the file is gone, that is what came of it.
    pub(in crate::store::sqlite) fn checked<T>(&self, result: Result<T>) -> Result<T> {
        self.check()?;
        result
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}
