//! Who carries runs: every process that does holds a locked file for as long as it lives, so that its death is seen
//! at once and not when its lease lapses.

use super::lock::{lock, private_file};
use crate::platform::entropy::{Entropy, System};
use crate::store::error::{Error, Result};
use rustix::fs::FlockOperation;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The folder of the locked files.
#[derive(Debug, Clone)]
pub(in crate::store::sqlite) struct Owners(PathBuf);

/// This process as a carrier of runs, until it is dropped.
#[derive(Debug)]
pub struct OwnerGuard {
    id: String,
    path: PathBuf,
    _locked: File,
}

impl OwnerGuard {
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for OwnerGuard {
    fn drop(&mut self) {
        let _cleaned_by_the_next_otherwise = remove(&self.path);
    }
}

impl Owners {
    pub(in crate::store::sqlite) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// A new owner, with an id that no owner had before.
    pub(in crate::store::sqlite) fn create(&self) -> Result<OwnerGuard> {
        self.remove_stale();
        loop {
            let id = format!("{}-{}", std::process::id(), System.word(12));
            let path = self.path(&id);
            let file = private_file(&path)?;
            lock(&file, FlockOperation::LockExclusive).map_err(|errno| Error::of_io(&path, &errno.into()))?;
            // Whoever cleans up may have taken the file for a dead owner's before it was locked.
            if is_still_at(&file, &path) {
                return Ok(OwnerGuard { id, path, _locked: file });
            }
        }
    }

    /// Whether a process holds this owner's file; one that cannot be looked at counts as alive.
    pub(in crate::store::sqlite) fn is_alive(&self, id: &str) -> bool {
        let path = self.path(id);
        match OpenOptions::new().read(true).open(&path) {
            Ok(file) => lock(&file, FlockOperation::NonBlockingLockShared).is_err(),
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.lock"))
    }

    /// The files of processes that are gone.
    pub(in crate::store::sqlite) fn left(&self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        self.each_left(|path| left.push(path.to_owned()));
        left
    }

    pub(in crate::store::sqlite) fn remove_stale(&self) {
        self.each_left(|path| {
            let _gone_already = remove(path);
        });
    }

    /// Each is locked while it is looked at: nobody can become its owner.
    fn each_left(&self, mut look: impl FnMut(&Path)) {
        let Ok(entries) = entries(&self.0) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let Ok(file) = OpenOptions::new().read(true).open(&path) else { continue };
            if lock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() && is_still_at(&file, &path) {
                look(&path);
            }
        }
    }
}

fn is_still_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(open), Ok(there)) => open.ino() == there.ino() && open.dev() == there.dev(),
        _ => false,
    }
}

#[expect(clippy::disallowed_methods, reason = "the lock files of owners are the store's own")]
fn entries(folder: &Path) -> std::io::Result<std::fs::ReadDir> {
    std::fs::read_dir(folder)
}

#[expect(clippy::disallowed_methods, reason = "the lock files of owners are the store's own")]
fn remove(path: &Path) -> std::io::Result<()> {
    std::fs::remove_file(path)
}
