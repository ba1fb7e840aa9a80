//! Where files may be touched: inside the folders that are configured, and nowhere else. This file alone decides it.
//!
//! A path is resolved with every link in it and compared with the roots, part by part. What is then opened is reached
//! anew from its root, folder by folder and without following links: what was put in the way meanwhile is noticed.

use crate::config::Config;
use crate::operations::{Error, Hint, Kind};
use crate::platform::folder::{self, Folder, Seen};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Longest path that is looked at, as the system has it.
const PATH_BYTES_MAX: usize = 4096;

/// The folders in which files may be touched.
#[derive(Debug, Clone)]
pub struct Roots(Vec<PathBuf>);

/// A path inside a root, with every link in it resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    root: PathBuf,
    /// Below the root; the root itself where it is empty.
    inside: PathBuf,
    /// What is not there yet: folders, and the last name.
    missing: Vec<OsString>,
}

/// A file, open for reading.
#[derive(Debug)]
pub struct Opened {
    pub file: File,
    /// Where it really is.
    pub path: PathBuf,
    pub bytes: u64,
}

impl Roots {
    /// What is configured; an error where nothing is allowed.
    pub fn of(config: &Config) -> Result<Self, Error> {
        let named = config.files_roots();
        if named.is_empty() {
            return Err(allowing(refused("files may not be touched: no folder is allowed")));
        }
        let there: Vec<PathBuf> =
            named.iter().filter_map(|root| root.canonicalize().ok()).filter(|root| root.is_dir()).collect();
        if there.is_empty() {
            let message = format!("none of the folders that are allowed is there: {}", list(&named));
            return Err(allowing(refused(message)));
        }
        Ok(Self(there))
    }

    /// The place that a caller in `dir` means; where it names none its own folder, or the first root where that is not inside
    /// one.
    pub fn meant(&self, dir: &Path, path: Option<&str>) -> Result<Place, Error> {
        match path {
            Some(path) => self.place(&dir.join(path)),
            None => self.place(dir).or_else(|_| self.place(&self.0[0])),
        }
    }

    /// A file for reading. The path is absolute.
    pub fn open(&self, path: &Path) -> Result<Opened, Error> {
        self.place(path)?.open()
    }

    /// Where a path leads, if that is allowed. It need not be there yet.
    pub fn place(&self, path: &Path) -> Result<Place, Error> {
        let shown = path.display();
        let bytes = path.as_os_str().as_encoded_bytes();
        if bytes.is_empty() || bytes.len() > PATH_BYTES_MAX || bytes.contains(&0) {
            return Err(Error::input(format!(
                "a path has 1 to {PATH_BYTES_MAX} bytes and none of them is zero; this one has {}",
                bytes.len()
            )));
        }
        let (real, missing, trouble) = resolve(path);
        let root = self.0.iter().find(|root| real.starts_with(root)).ok_or_else(|| self.outside(path))?;
        match trouble.map(|error| (error.kind(), error)) {
            None => {}
            Some((io::ErrorKind::NotFound, _)) if !missing.is_empty() => {}
            Some((io::ErrorKind::NotFound, _)) => {
                return Err(Error::input(format!("{shown} is a link that leads nowhere"))
                    .hint("name the file it was to lead to"));
            }
            Some((io::ErrorKind::PermissionDenied, error)) => return Err(told(path, &error)),
            Some((_, error)) => return Err(Error::input(format!("{shown} leads nowhere: {error}"))),
        }
        let inside = real.strip_prefix(root).unwrap_or(&real).to_path_buf();
        if missing.iter().any(|name| name == Component::ParentDir.as_os_str()) {
            return Err(Error::not_found("folder", &shown.to_string()));
        }
        Ok(Place { root: root.clone(), inside, missing })
    }

    /// The place of something that was found below a folder without following links.
    pub fn found(&self, path: &Path) -> Option<Place> {
        let root = self.0.iter().find(|root| path.starts_with(root))?;
        let inside = path.strip_prefix(root).ok()?.to_path_buf();
        Some(Place { root: root.clone(), inside, missing: Vec::new() })
    }

    fn outside(&self, path: &Path) -> Error {
        let message = format!("{} is outside of the folders that are allowed", path.display());
        allowing(refused(message).hint(format!("allowed are: {}", list(&self.0))))
    }
}

impl Place {
    pub fn path(&self) -> PathBuf {
        self.inside.iter().chain(self.missing.iter().map(OsString::as_os_str)).fold(
            self.root.clone(),
            |mut path, name| {
                path.push(name);
                path
            },
        )
    }

    pub fn is_there(&self) -> bool {
        self.missing.is_empty()
    }

    /// What is there; a root is a folder.
    pub fn look(&self) -> Result<Seen, Error> {
        if !self.is_there() {
            return Err(missing(&self.path()));
        }
        match self.split() {
            Some((folder, name)) => self.walk(folder).and_then(|folder| folder.look(name)),
            None => self.walk(Path::new("")).and_then(|root| root.itself()),
        }
        .map_err(|error| told(&self.path(), &error))
    }

    pub fn open(&self) -> Result<Opened, Error> {
        let path = self.path();
        let seen = self.look()?;
        let (folder, name) = self.split().ok_or_else(|| is_folder(&path))?;
        regular(&path, seen)?;
        let file = self.walk(folder).and_then(|folder| folder.read(name));
        Ok(Opened { file: file.map_err(|error| told(&path, &error))?, path, bytes: seen.bytes })
    }

    pub fn folder(&self) -> Result<Folder, Error> {
        let path = self.path();
        if self.look()?.kind != folder::Kind::Folder {
            return Err(Error::input(format!("{} is no folder", path.display()))
                .hint(Hint::call("to read it", "read_file").with("path", path.display().to_string())));
        }
        self.walk(&self.inside).map_err(|error| told(&path, &error))
    }

    /// The folder that it is or will be in, and its name there. Folders that are missing are made if that is wanted.
    pub fn to_write(&self, folders: Folders) -> Result<(Folder, &OsStr), Error> {
        let path = self.path();
        let wrong = |error: io::Error| told(&path, &error);
        let Some((name, to_make)) = self.missing.split_last() else {
            let seen = self.look()?;
            let (folder, name) = self.split().ok_or_else(|| is_folder(&path))?;
            regular(&path, seen)?;
            return Ok((self.walk(folder).map_err(wrong)?, name));
        };
        if folders == Folders::Stay
            && let Some(first) = to_make.first()
        {
            let folder = self.root.join(&self.inside).join(first);
            return Err(Error::not_found("folder", &folder.display().to_string())
                .hint("to have it made, say so: `folders: true`, at a terminal --folders"));
        }
        let mut folder = self.walk(&self.inside).map_err(wrong)?;
        for name in to_make {
            folder = folder.make(name).map_err(wrong)?;
        }
        Ok((folder, name))
    }

    fn split(&self) -> Option<(&Path, &OsStr)> {
        Some((self.inside.parent()?, self.inside.file_name()?))
    }

    fn walk(&self, inside: &Path) -> io::Result<Folder> {
        inside.components().try_fold(Folder::open(&self.root)?, |folder, part| folder.enter(part.as_os_str()))
    }
}

/// Whether folders on the way to a file are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folders {
    Stay,
    Made,
}

/// How far a path can be followed, the names beyond that, and why it goes no further. A link that leads nowhere is not
/// followed, and has no names beyond it.
fn resolve(path: &Path) -> (PathBuf, Vec<OsString>, Option<io::Error>) {
    let (mut there, mut missing, mut trouble) = (path.to_path_buf(), Vec::new(), None);
    loop {
        match there.canonicalize() {
            Ok(real) => {
                missing.reverse();
                return (real, missing, trouble);
            }
            Err(error) => trouble = trouble.or(Some(error)),
        }
        let Some(last) = there.components().next_back().map(|part| part.as_os_str().to_owned()) else {
            return (there, missing, trouble);
        };
        if there.is_symlink() {
            let folder = there.parent().and_then(|folder| folder.canonicalize().ok());
            return (folder.unwrap_or_default(), Vec::new(), trouble);
        }
        missing.push(last);
        there.pop();
    }
}

fn regular(path: &Path, seen: Seen) -> Result<(), Error> {
    match seen.kind {
        folder::Kind::File => Ok(()),
        folder::Kind::Folder => Err(is_folder(path)),
        folder::Kind::Link => Err(swapped(path)),
        folder::Kind::Special => Err(Error::input(format!(
            "{} is a pipe, a device or a socket: only regular files are touched",
            path.display()
        ))),
    }
}

fn is_folder(path: &Path) -> Error {
    let shown = path.display().to_string();
    Error::input(format!("{shown} is a folder"))
        .hint(Hint::call("to see what is in it", "list_directory").with("path", shown))
}

fn missing(path: &Path) -> Error {
    Error::not_found("file", &path.display().to_string())
}

fn swapped(path: &Path) -> Error {
    Error::new(Kind::Conflict, format!("{} was replaced while it was looked at", path.display()))
        .hint("see what is there now, then try again")
}

/// What the system said, in our words.
pub fn told(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => missing(path),
        io::ErrorKind::PermissionDenied => {
            Error::new(Kind::NotPermitted, format!("the system does not permit it: {shown}"))
                .hint("its owner can change who may read and write it")
        }
        io::ErrorKind::NotADirectory => swapped(path),
        _ if Errno::from_io_error(error) == Some(Errno::LOOP) => swapped(path),
        _ => Error::new(Kind::Unavailable, format!("{shown}: {error}")),
    }
}

/// A path as the caller would write it.
pub fn written(path: &Path, dir: &Path) -> String {
    let dir = dir.canonicalize().ok();
    let below = dir.and_then(|dir| path.strip_prefix(dir).ok()).filter(|below| !below.as_os_str().is_empty());
    below.unwrap_or(path).display().to_string()
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::NotPermitted, message)
}

/// With what its owner can do about it.
fn allowing(error: Error) -> Error {
    error
        .hint(
            Hint::call("to allow folders, name all of them", "set_config")
                .with("key", "files.roots")
                .with("value", "FOLDER:FOLDER"),
        )
        .hint("or for one server: wfmcp serve --stdio --root FOLDER")
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
