//! Where bundles are: anywhere for who calls from a terminal, in the folders that are allowed for agents and steps.

use crate::operations::documents::is_yaml;
use crate::operations::files::{Folders, Roots};
use crate::operations::{Context, Error, Kind};
use crate::platform::folder::{self, Folder, Placing};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A bundle for reading.
pub fn open(context: &Context, name: &str) -> Result<File, Error> {
    let path = context.dir.join(name);
    let roots = roots(context)?;
    let opened = match roots {
        Some(roots) => return Ok(roots.open(&path)?.file),
        None => OpenOptions::new().read(true).open(&path),
    };
    opened.map_err(|error| {
        let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Unavailable };
        Error::new(kind, format!("{} can't be read: {error}", path.display()))
    })
}

/// A new file that has its name once it is complete, and is gone if that never comes.
pub struct Draft {
    draft: folder::Draft,
    path: PathBuf,
}

/// A new file; `Conflict` where there is one of this name.
pub fn create(context: &Context, name: &str) -> Result<(Draft, File), Error> {
    let path = context.dir.join(name);
    let (folder, path) = if let Some(roots) = roots(context)? {
        let place = roots.place(&path)?;
        let (folder, _) = place
            .to_write(Folders::Stay)
            .map_err(|error| Error { hints: Vec::new(), ..error }.hint("name another file with --out"))?;
        (folder, place.path())
    } else {
        let above = path.parent().unwrap_or(Path::new("/")).canonicalize();
        let folder = above.and_then(|above| Folder::open(&above));
        (folder.map_err(|error| unwritable(&path, &error))?, path)
    };
    if path.file_name().is_none() {
        return Err(Error::input(format!("{} is no name for a file", path.display())));
    }
    if folder.look(last(&path)).is_ok() {
        return Err(exists(&path));
    }
    if is_yaml(&path) {
        return Err(Error::input(format!("{} is a name for a document, not for a bundle", path.display()))
            .hint("name it RUN.wfmcp.tar, say"));
    }
    let (draft, file) = folder.draft(0o600).map_err(|error| unwritable(&path, &error))?;
    Ok((Draft { draft, path }, file))
}

impl Draft {
    /// Give it its name, durably. What has that name by now stays.
    pub fn keep(self, file: &File) -> Result<PathBuf, Error> {
        match self.draft.place(file, last(&self.path), Placing::New) {
            Ok(()) => Ok(self.path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&self.path)),
            Err(error) => Err(unwritable(&self.path, &error)),
        }
    }
}

fn last(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}

fn roots(context: &Context) -> Result<Option<Roots>, Error> {
    let face = context.actor.face;
    let is_free = matches!(face, crate::engine::event::Face::Terminal | crate::engine::event::Face::Script);
    if is_free { Ok(None) } else { Roots::of(context.world().config()?).map(Some) }
}

fn exists(path: &Path) -> Error {
    Error::new(Kind::Conflict, format!("{} exists already, and stays", path.display()))
        .hint("name another file with --out, or take that one away")
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("{} can't be written: {error}", path.display()))
        .hint("name another file with --out")
}
