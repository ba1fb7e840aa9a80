//! What there is to know about a path beside its content, and setting that right: permissions, room on the disk, whether
//! a program is there.

use rustix::fs::{Access, access, statvfs};
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The permission bits of what is there.
pub fn mode(path: &Path) -> io::Result<u32> {
    Ok(path.metadata()?.permissions().mode() & 0o777)
}

pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Whether this process could make files in a folder.
pub fn can_write_in(folder: &Path) -> bool {
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Bytes that this user can still write where the path is.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let about = statvfs(path)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// Give a file another name beside it. What has that name already stays, and this one, too.
#[expect(clippy::disallowed_methods, reason = "the owner of what is put aside")]
pub fn put_aside(path: &Path, aside: &Path) -> io::Result<()> {
    if aside.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    std::fs::rename(path, aside)
}

/// The program that a name stands for: a path as it is, from `dir`, else the first of that name in the folders of `search`.
/// A folder that is not named in full would be another one wherever somebody works, and is passed over.
pub fn program(name: &str, search: &str, dir: &Path) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(dir.join(name)).filter(|path| is_program(path));
    }
    let folders = search.split(':').map(Path::new).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_a_file_that_may_be_executed() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        for place in [&here, &there] {
            std::fs::DirBuilder::new().create(place).unwrap();
            std::os::unix::fs::symlink("/bin/sh", place.join("tool")).unwrap();
        }
        std::fs::File::options().create(true).append(true).open(here.join("text")).unwrap();
        let search = format!("{}/none:{}:{}", folder.path().display(), here.display(), there.display());
        let found = |name: &str| program(name, &search, folder.path());
        assert_eq!(program("tool", "here:.:", folder.path()), None);
        assert_eq!(found("tool"), Some(here.join("tool")));
        assert_eq!(found("there/tool"), Some(there.join("tool")));
        assert_eq!([found("text"), found("nothing"), found("here")], [None, None, None]);
    }
}
