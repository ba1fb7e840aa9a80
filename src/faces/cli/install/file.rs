//! A host's configuration file: read, merged in memory, and replaced as a whole, with what was there before beside it.

use super::format::{Format, Refusal};
use crate::operations::{Error, Kind};
use crate::platform::folder::{Folder, Placing};
use jiff::Timestamp;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};

pub struct File {
    pub path: PathBuf,
    pub format: Format,
    /// Absent where there is no file yet.
    text: Option<String>,
}

impl File {
    #[expect(clippy::disallowed_methods, reason = "reads a host's configuration")]
    pub fn read(path: PathBuf, format: Format) -> Result<Self, Error> {
        // A link stays one: what it leads to is what is read and written.
        let path = path.canonicalize().unwrap_or(path);
        let text = match std::fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8(bytes).map_err(|_| {
                Error::input(format!("{} is no text, and was left as it is", path.display()))
            })?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(told(&path, &error)),
        };
        Ok(Self { path, format, text })
    }

    /// What the file says with these values at their paths; absent where it says all of that already.
    pub fn merged(&self, settings: &[(Vec<&str>, Value)]) -> Result<Option<String>, Error> {
        let shown = self.path.display();
        let said = self.text.as_deref().filter(|text| !text.trim().is_empty());
        let text = said.unwrap_or(self.format.empty());
        let merged = self.format.set_all(text, settings).map_err(|refusal| match refusal {
            Refusal::Invalid(why) => {
                Error::input(format!("{shown} is no valid {}: {why}", self.format.name()))
                    .hint("nothing was changed; mend it, then repeat the command")
            }
            Refusal::Unfit => {
                Error::new(Kind::Conflict, format!("{shown} can't be changed without rewriting it"))
                    .hint("nothing was changed; put in what this command prints without --write")
            }
        })?;
        Ok((said != Some(merged.as_str())).then_some(merged))
    }

    /// Replace the file; where the former one is from now on, if there was one.
    pub fn replace(&self, text: &str, now: i64) -> Result<Option<PathBuf>, Error> {
        let wrong = |error: io::Error| told(&self.path, &error);
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Err(Error::input(format!("{} is no file", self.path.display())));
        };
        make(folder).map_err(wrong)?;
        let open = Folder::open(&folder.canonicalize().map_err(wrong)?).map_err(wrong)?;
        let backup = self.text.as_ref().map(|_| {
            let at = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
            let mut beside = name.to_owned();
            beside.push(at.strftime(".bak-%Y%m%dT%H%M%S%.3fZ").to_string());
            open.keep_as(name, &beside)?;
            Ok(folder.join(beside))
        });
        let backup = backup.transpose().map_err(wrong)?;
        open.put(name, text.as_bytes(), Placing::Instead).map_err(wrong)?;
        Ok(backup)
    }
}

#[expect(clippy::disallowed_methods, reason = "makes the folder of a host's configuration")]
fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn told(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => Kind::NotPermitted,
        _ => Kind::Unavailable,
    };
    Error::new(kind, format!("{}: {error}", path.display()))
        .hint("put in what this command prints without --write")
}
