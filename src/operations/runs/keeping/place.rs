//! Where bundles are: anywhere for who calls from a terminal, in the folders that are allowed for agents and steps.

use crate::operations::documents::is_yaml;
use crate::operations::files::Roots;
use crate::operations::{Context, Error, Kind};
use crate::platform::entropy::{Entropy, System};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const DRAFT_LETTERS: usize = 8;

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

/// A file that has its name once it is complete, and is gone if that never comes.
pub struct Draft {
    path: PathBuf,
    draft: PathBuf,
}

/// A new file; `Conflict` where there is one of this name.
pub fn create(context: &Context, name: &str) -> Result<(Draft, File), Error> {
    let path = context.dir.join(name);
    let path = match roots(context)? {
        Some(roots) => roots.place(&path)?.path(),
        None => path,
    };
    if path.symlink_metadata().is_ok() {
        return Err(exists(&path));
    }
    if is_yaml(&path) {
        return Err(Error::input(format!("{} is a name for a document, not for a bundle", path.display()))
            .hint("name it RUN.wfmcp.tar, say"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = path.with_file_name(format!(".{name}.{}.draft", System.word(DRAFT_LETTERS)));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let file = file.map_err(|error| unwritable(&path, &error))?;
    Ok((Draft { path, draft }, file))
}

impl Draft {
    /// Give it its name, durably. What has that name by now stays.
    pub fn keep(self, file: &File) -> Result<PathBuf, Error> {
        file.sync_all().map_err(|error| unwritable(&self.path, &error))?;
        match std::fs::hard_link(&self.draft, &self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(&self.path)),
            Err(error) => return Err(unwritable(&self.path, &error)),
            Ok(()) => {}
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = OpenOptions::new().read(true).open(folder.unwrap_or(Path::new(".")));
        folder.and_then(|folder| folder.sync_all()).map_err(|error| unwritable(&self.path, &error))?;
        Ok(self.path.clone())
    }
}

impl Drop for Draft {
    #[expect(clippy::disallowed_methods, reason = "takes its own draft away")]
    fn drop(&mut self) {
        // One that stays costs room and nothing else.
        let _ = std::fs::remove_file(&self.draft);
    }
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
