//! Taking turns between processes: advisory locks on files beside the database, asked for before `BEGIN IMMEDIATE`.
//! The kernel wakes who waits, where `SQLite`'s own back-off lets one process starve the others.
//!
//! There are two, a queue in front of a door: whoever is next holds the queue while waiting for the door, so that the
//! one who comes out of it cannot go straight in again.

use crate::store::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

/// Longer than any honest write; past it, whoever holds the lock is stopped or stuck.
pub(in crate::store::sqlite) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(in crate::store::sqlite) struct Gate {
    path: PathBuf,
    /// Opened once somebody wants to write.
    files: OnceLock<Files>,
}

#[derive(Debug)]
struct Files {
    queue: File,
    door: File,
}

/// The lock, until it is dropped.
#[derive(Debug)]
pub(in crate::store::sqlite) enum Turn<'a> {
    Shared(&'a File),
    Awaited(File),
}

impl Gate {
    /// The locks that guard the database at `path`.
    pub(in crate::store::sqlite) fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), files: OnceLock::new() }
    }

    /// Waits its turn, at most `PATIENCE`.
    pub(in crate::store::sqlite) fn enter(&self) -> Result<Turn<'_>> {
        let now = FlockOperation::NonBlockingLockExclusive;
        let files = self.files()?;
        match files.pass(now) {
            Ok(()) => Ok(Turn::Shared(&files.door)),
            Err(Errno::WOULDBLOCK) => self.wait(),
            Err(errno) => Err(Error::of_io(&self.path, &errno.into())),
        }
    }

    fn files(&self) -> Result<&Files> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let opened = Files::open(&self.path)?;
        Ok(self.files.get_or_init(|| opened))
    }

    /// `flock` has no timeout, so a thread waits on files of its own: if nobody wants the lock any more when it
    /// comes, closing them gives it back.
    fn wait(&self) -> Result<Turn<'static>> {
        let files = Files::open(&self.path)?;
        let (give, take) = mpsc::sync_channel(0);
        thread::Builder::new()
            .name("store lock".to_owned())
            .spawn(move || {
                let passed = files.pass(FlockOperation::LockExclusive).map(|()| files.door);
                let _abandoned = give.send(passed);
            })
            .map_err(|error| Error::of_io(&self.path, &error))?;
        match take.recv_timeout(PATIENCE) {
            Ok(Ok(door)) => Ok(Turn::Awaited(door)),
            Ok(Err(errno)) => Err(Error::of_io(&self.path, &errno.into())),
            Err(_) => Err(locked(&self.path)),
        }
    }
}

impl Files {
    fn open(database: &Path) -> Result<Self> {
        let queue = private_file(&database.with_extension("queue"))?;
        Ok(Self { queue, door: private_file(&database.with_extension("lock"))? })
    }

    /// Through the queue to the door, which is held from then on.
    fn pass(&self, operation: FlockOperation) -> rustix::io::Result<()> {
        lock(&self.queue, operation)?;
        let passed = lock(&self.door, operation);
        lock(&self.queue, FlockOperation::Unlock)?;
        passed
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

pub(in crate::store::sqlite) fn locked(path: &Path) -> Error {
    let waited_ms = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
    Error::Locked { path: path.display().to_string(), waited_ms }
}

/// `flock` that a signal does not interrupt.
pub(in crate::store::sqlite) fn lock(file: &File, operation: FlockOperation) -> rustix::io::Result<()> {
    rustix::io::retry_on_intr(|| flock(file, operation))
}

/// Opens a file that only this user may read, and creates it where there is none.
pub(in crate::store::sqlite) fn private_file(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| Error::of_io(path, &error))
}
