//! The folder of a project, made and taken away. The registry says first that a project is no more; what this leaves
//! undone the next command does.

use crate::platform::fault::{self, Moment};
use crate::platform::folder::make_private;
use crate::store::error::{Error, Result};
use std::fs::DirBuilder;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

/// Whose a folder is that may have to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store::sqlite) enum Made {
    Now,
    Before,
}

/// The folder of a project, for this user alone.
pub(in crate::store::sqlite) fn make(projects: &Path, folder: &Path) -> Result<Made> {
    private_folder(projects)?;
    let made = make_private(folder).map_err(|error| Error::of_io(folder, &error))?;
    Ok(if made { Made::Now } else { Made::Before })
}

/// Take back a folder that should not have been made.
pub(in crate::store::sqlite) fn unmake(folder: &Path, made: Made) -> Result<()> {
    match made {
        Made::Now => remove(folder).map_err(|error| Error::of_io(folder, &error)),
        Made::Before => Ok(()),
    }
}

/// Take the folder of a condemned project away, out of everybody's sight at once.
pub(in crate::store::sqlite) fn take_away(projects: &Path, id: &str) -> Result<()> {
    let folder = projects.join(id);
    // No id begins so.
    let aside = projects.join(format!(".removed-{id}"));
    remove(&aside)
        .and_then(|()| put_aside(&folder, &aside))
        .inspect(|()| fault::strike(Moment::InRemoval))
        .and_then(|()| remove(&aside))
        .and_then(|()| sync(projects))
        .map_err(|error| Error::of_io(&folder, &error))
}

/// The names of the folders of projects; of what is put aside to be removed nothing is said.
#[expect(clippy::disallowed_methods, reason = "the folders of projects are the store's own")]
pub(in crate::store::sqlite) fn folders(projects: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(projects) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// A folder of this user's own, with those above it.
pub(in crate::store::sqlite) fn private_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| Error::of_io(path, &error))
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[expect(clippy::disallowed_methods, reason = "the folders of projects are the store's own")]
pub(in crate::store::sqlite) fn put_aside(folder: &Path, aside: &Path) -> io::Result<()> {
    unless_missing(std::fs::rename(folder, aside))
}

#[expect(clippy::disallowed_methods, reason = "the folders of projects are the store's own")]
pub(in crate::store::sqlite) fn remove(folder: &Path) -> io::Result<()> {
    unless_missing(std::fs::remove_dir_all(folder))
}

/// Bytes of the files in a folder; none where there is no folder.
pub(in crate::store::sqlite) fn size(folder: &Path) -> u64 {
    let files = entries(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum()
}

/// The folders in a folder that were last changed before a time, in milliseconds since 1970.
pub(in crate::store::sqlite) fn untouched(folder: &Path, before: i64) -> io::Result<Vec<String>> {
    let listed = match entries(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let old = listed.flatten().filter(|entry| {
        entry.metadata().is_ok_and(|about| about.is_dir() && about.mtime().saturating_mul(1_000) < before)
    });
    Ok(old.filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

#[expect(clippy::disallowed_methods, reason = "the folders of projects are the store's own")]
fn entries(folder: &Path) -> io::Result<std::fs::ReadDir> {
    std::fs::read_dir(folder)
}

/// What was removed stays so after a power cut.
#[expect(clippy::disallowed_methods, reason = "the folders of projects are the store's own")]
fn sync(folder: &Path) -> io::Result<()> {
    unless_missing(std::fs::File::open(folder).and_then(|folder| folder.sync_all()))
}
