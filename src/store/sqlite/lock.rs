//! Taking turns between processes: an advisory lock on a file beside the database, asked for before `BEGIN IMMEDIATE`.
//! The kernel wakes who waits, where `SQLite`'s own back-off lets one process starve the others.

use crate::store::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Longer than any honest write; past it, whoever holds the lock is stopped or stuck.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Gate {
    path: PathBuf,
    file: File,
}

/// The lock, until it is dropped.
#[derive(Debug)]
pub(super) enum Turn<'a> {
    Shared(&'a File),
    Awaited(File),
}

impl Gate {
    pub(super) fn at(path: PathBuf) -> Result<Self> {
        let file = private_file(&path)?;
        Ok(Self { path, file })
    }

    /// Waits its turn, at most `PATIENCE`.
    pub(super) fn enter(&self) -> Result<Turn<'_>> {
        match lock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Turn::Shared(&self.file)),
            Err(Errno::WOULDBLOCK) => self.wait(),
            Err(errno) => Err(Error::of_io(&self.path, &errno.into())),
        }
    }

    /// `flock` has no timeout, so a thread waits on a file of its own: if nobody wants the lock any more when it
    /// comes, closing that file gives it back.
    fn wait(&self) -> Result<Turn<'static>> {
        let file = private_file(&self.path)?;
        let (give, take) = mpsc::sync_channel(0);
        thread::Builder::new()
            .name("store lock".to_owned())
            .spawn(move || {
                let locked = lock(&file, FlockOperation::LockExclusive).map(|()| file);
                let _abandoned = give.send(locked);
            })
            .map_err(|error| Error::of_io(&self.path, &error))?;
        match take.recv_timeout(PATIENCE) {
            Ok(Ok(file)) => Ok(Turn::Awaited(file)),
            Ok(Err(errno)) => Err(Error::of_io(&self.path, &errno.into())),
            Err(_) => Err(locked(&self.path)),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let file = match self {
            Self::Shared(file) => file,
            Self::Awaited(file) => &*file,
        };
        let _released_by_close_otherwise = lock(file, FlockOperation::Unlock);
    }
}

pub(super) fn locked(path: &Path) -> Error {
    let waited_ms = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
    Error::Locked { path: path.display().to_string(), waited_ms }
}

/// `flock` that a signal does not interrupt.
pub(super) fn lock(file: &File, operation: FlockOperation) -> rustix::io::Result<()> {
    rustix::io::retry_on_intr(|| flock(file, operation))
}

/// Opens a file that only this user may read, and creates it where there is none.
pub(super) fn private_file(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| Error::of_io(path, &error))
}
