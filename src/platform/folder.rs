//! A folder held open, and what is in it: a name is looked up in the folder itself, alone, and without following a link,
//! so that nobody can put another place in its way between looking and opening.

use super::entropy::{Entropy, System};
use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Letters of the name that a file has until it is complete.
const NAME_LENGTH: usize = 10;

#[derive(Debug)]
pub struct Folder(OwnedFd);

/// A file that is to have a name once it is complete; it is gone if it never gets it.
#[derive(Debug)]
pub struct Draft {
    folder: OwnedFd,
    beside: OsString,
}

/// Make a folder of this user's own where there is none; true if it was made. What it is to be in must be there.
pub fn make_private(path: &Path) -> io::Result<bool> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// The same for a run's folder, in that of all runs. What holds them is there, or was deleted and is not made again.
pub fn make_private_pair(path: &Path) -> io::Result<()> {
    if let Some(above) = path.parent() {
        make_private(above)?;
    }
    make_private(path).map(drop)
}

/// Put a whole file where somebody asked for it, in a folder that is there. A link stays one, and what is no file, such as
/// `/dev/stdout`, is written to.
pub fn save(path: &Path, bytes: &[u8], placing: Placing) -> io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let path = match path.canonicalize() {
        Ok(path) => path,
        // Where a link leads that leads to nothing yet.
        Err(_) => path.read_link().map_or_else(|_| path.to_path_buf(), |to| path.with_file_name("").join(to)),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Folder::open(&folder.canonicalize()?)?;
    folder.put(path.file_name().unwrap_or_default(), bytes, placing)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a device, a socket.
    Special,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub kind: Kind,
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub modified_ms: i64,
    permissions: Mode,
}

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// It stays, and nothing is written.
    New,
    /// The new one takes its place and its permissions.
    Instead,
}

impl Folder {
    /// By its path, in which links are followed but for the last part.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(fs::open(path, flags, Mode::empty())?))
    }

    pub fn enter(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(self.at(name, OFlags::RDONLY | OFlags::DIRECTORY)?))
    }

    /// Enter a folder that is made if it is missing.
    pub fn make(&self, name: &OsStr) -> io::Result<Self> {
        match fs::mkdirat(&self.0, alone(name)?, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => self.enter(name),
            Err(error) => Err(error.into()),
        }
    }

    /// All names in it, in no order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    pub fn itself(&self) -> io::Result<Seen> {
        Ok(seen(&fs::fstat(&self.0)?))
    }

    /// A link is seen as a link.
    pub fn look(&self, name: &OsStr) -> io::Result<Seen> {
        Ok(seen(&fs::statat(&self.0, alone(name)?, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// Where a link leads, as it says so itself.
    pub fn target(&self, name: &OsStr) -> io::Result<OsString> {
        Ok(OsString::from_vec(fs::readlinkat(&self.0, alone(name)?, Vec::new())?.into_bytes()))
    }

    pub fn read(&self, name: &OsStr) -> io::Result<File> {
        self.file(name, OFlags::RDONLY)
    }

    /// For writing at its end; made if it is missing.
    pub fn append(&self, name: &OsStr) -> io::Result<File> {
        self.file(name, OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE)
    }

    /// Put a whole file under this name. Whoever looks sees what was there before or all of the new one.
    pub fn put(&self, name: &OsStr, bytes: &[u8], placing: Placing) -> io::Result<()> {
        let name = alone(name)?;
        let before = if placing == Placing::Instead { self.writable(name)? } else { None };
        let (draft, mut file) = self.draft(0o666)?;
        if let Some(before) = before {
            fs::fchmod(&file, before.permissions)?;
        }
        file.write_all(bytes)?;
        draft.place(&file, name, placing)
    }

    /// A file for writing that has no name of its own yet.
    pub fn draft(&self, permissions: u32) -> io::Result<(Draft, File)> {
        let beside = OsString::from(format!(".{}.tmp", System.word(NAME_LENGTH)));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let made = fs::openat(&self.0, &beside, flags, Mode::from_raw_mode(permissions))?;
        Ok((Draft { folder: self.0.try_clone()?, beside }, File::from(made)))
    }

    /// Give a file a second name, which it keeps when another takes its place.
    pub fn keep_as(&self, name: &OsStr, second: &OsStr) -> io::Result<()> {
        Ok(fs::linkat(&self.0, alone(name)?, &self.0, alone(second)?, AtFlags::empty())?)
    }

    /// The file of this name, if there is one; an error where it may not be written, and so not be replaced either.
    fn writable(&self, name: &OsStr) -> io::Result<Option<Seen>> {
        match self.file(name, OFlags::WRONLY) {
            Ok(file) => Ok(Some(seen(&fs::fstat(&file)?))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A regular file and nothing else: opening must neither wait for the other end of a pipe nor start a device.
    fn file(&self, name: &OsStr, flags: OFlags) -> io::Result<File> {
        let file = self.at(name, flags | OFlags::NONBLOCK | OFlags::NOCTTY)?;
        if seen(&fs::fstat(&file)?).kind == Kind::File {
            return Ok(File::from(file));
        }
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
    }

    fn at(&self, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(&self.0, alone(name)?, flags, Mode::from_raw_mode(0o666))?)
    }
}

impl Draft {
    /// Give the file that was drafted its name, durably.
    pub fn place(&self, file: &File, name: &OsStr, placing: Placing) -> io::Result<()> {
        let name = alone(name)?;
        file.sync_all()?;
        match placing {
            Placing::New => fs::linkat(&self.folder, &self.beside, &self.folder, name, AtFlags::empty())?,
            Placing::Instead => fs::renameat(&self.folder, &self.beside, &self.folder, name)?,
        }
        Ok(fs::fsync(&self.folder)?)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Where it has its name by now, this one is a second name of it, or is gone.
        let _ = fs::unlinkat(&self.folder, &self.beside, AtFlags::empty());
    }
}

/// One name that stays in its folder.
fn alone(name: &OsStr) -> io::Result<&OsStr> {
    let bytes = name.as_encoded_bytes();
    if bytes.is_empty() || bytes == b"." || bytes == b".." || bytes.contains(&b'/') {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no single name"));
    }
    Ok(name)
}

fn seen(stat: &Stat) -> Seen {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Special,
    };
    Seen {
        kind,
        bytes: u64::try_from(stat.st_size).unwrap_or(0),
        modified_ms: stat.st_mtime.saturating_mul(1_000),
        permissions: Mode::from_raw_mode(stat.st_mode & 0o777),
    }
}
