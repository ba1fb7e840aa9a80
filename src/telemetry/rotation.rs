//! A log file that several processes append to and that starts anew when it has grown enough.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many older files are kept.
const OLDER: u32 = 3;

/// Opened by the first line, so that a command with nothing to say touches no disk.
#[derive(Debug)]
pub(super) struct Rotation {
    path: PathBuf,
    limit_bytes: u64,
    file: Mutex<Option<File>>,
}

impl Rotation {
    pub(super) fn new(path: PathBuf, limit_bytes: u64) -> Self {
        Self { path, limit_bytes, file: Mutex::new(None) }
    }

    pub(super) fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match slot.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        let grown = file.metadata()?;
        if grown.len() >= self.limit_bytes {
            // Another process may have rotated already; then ours is an older file by now.
            if inode(&self.path) == Some(grown.ino()) {
                rotate(&self.path)?;
            }
            file = open(&self.path)?;
        }
        // One write in append mode, so that lines of different processes do not mix.
        let written = file.write_all(line);
        *slot = Some(file);
        written
    }
}

#[expect(clippy::disallowed_methods, reason = "owns the log files")]
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[expect(clippy::disallowed_methods, reason = "owns the log files")]
fn inode(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|found| found.ino())
}

#[expect(clippy::disallowed_methods, reason = "owns the log files")]
fn rotate(path: &Path) -> io::Result<()> {
    for age in (1..OLDER).rev() {
        // A gap in the row of older files is no problem.
        let _ = std::fs::rename(older(path, age), older(path, age + 1));
    }
    std::fs::rename(path, older(path, 1))
}

pub(super) fn older(path: &Path, age: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    name.into()
}
