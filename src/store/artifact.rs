//! Artifact files: values too large for an entry, named by their content and durable before the entry that refers to
//! them is. What counts as large, and what a reference looks like, is `format`'s.

use super::error::{Error, Result};
use super::format::{CitedFile, Reference};
use crate::platform::entropy::{Entropy, System};
use crate::platform::folder::make_private_pair;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The artifact files of one run.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, reference: &Reference) -> PathBuf {
        self.0.join(format!("{}.json", reference.hash))
    }

    /// Durable when this returns; the same value twice is one file.
    pub fn keep(&self, text: &str) -> Result<Reference> {
        let reference = Reference::to(text);
        let file = self.file(&reference);
        if !self.holds(&reference) {
            self.write(&file, text).map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::Removed { path: file.display().to_string() },
                _ => Error::of_io(&file, &error),
            })?;
        }
        Ok(reference)
    }

    /// The value, checked against its hash.
    pub fn fetch(&self, reference: &Reference) -> Result<String> {
        let path = self.file(reference);
        let damaged = |reason: String| Error::Damaged { path: path.display().to_string(), reason };
        let mut text = String::new();
        open(&path).and_then(|mut file| file.read_to_string(&mut text)).map_err(|error| {
            damaged(format!("a value of {} bytes cannot be read: {error}", reference.bytes))
        })?;
        if !reference.is_of(&text) {
            return Err(damaged("its content is not what the journal refers to".to_owned()));
        }
        Ok(text)
    }

    /// Whether a file is what the journal refers to; it is read piece by piece.
    pub fn check(&self, cited: &CitedFile) -> Result<()> {
        let path = self.0.join(&cited.name);
        let damaged = |reason: String| Error::Damaged { path: path.display().to_string(), reason };
        let mut hasher = blake3::Hasher::new();
        open(&path)
            .and_then(|mut file| std::io::copy(&mut file, &mut hasher))
            .map_err(|error| damaged(format!("a file of {} bytes cannot be read: {error}", cited.bytes)))?;
        if (hasher.count(), hasher.finalize().to_hex().as_str()) != (cited.bytes, &cited.hash) {
            return Err(damaged("its content is not what the journal refers to".to_owned()));
        }
        Ok(())
    }

    /// Whether it is there, which a file is once it is complete.
    pub fn has(&self, cited: &CitedFile) -> bool {
        self.0.join(&cited.name).is_file()
    }

    /// Keep a file, of which `source` has the bytes. Durable when this returns; what it holds already stays.
    pub fn take(&self, cited: &CitedFile, source: &mut dyn Read) -> Result<()> {
        let path = self.0.join(&cited.name);
        if self.check(cited).is_ok() {
            return Ok(());
        }
        self.place(&path, &mut |writer| std::io::copy(source, writer).map(drop))
            .map_err(|error| Error::of_io(&path, &error))?;
        self.check(cited)
    }

    /// Keep a file of another run under its name, too.
    pub fn adopt(&self, file: &Path) -> Result<()> {
        let own = self.0.join(file.file_name().unwrap_or_default());
        let linked = make_private_pair(&self.0).and_then(|()| match std::fs::hard_link(file, &own) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
        linked.and_then(|()| open(&self.0)?.sync_all()).map_err(|error| Error::of_io(file, &error))
    }

    /// For reading, piece by piece.
    pub fn open(&self, cited: &CitedFile) -> Result<File> {
        let path = self.0.join(&cited.name);
        open(&path).map_err(|error| Error::of_io(&path, &error))
    }

    fn holds(&self, reference: &Reference) -> bool {
        self.fetch(reference).is_ok()
    }

    fn write(&self, file: &Path, text: &str) -> std::io::Result<()> {
        self.place(file, &mut |writer| writer.write_all(text.as_bytes()))
    }

    fn place(
        &self,
        file: &Path,
        give: &mut dyn FnMut(&mut File) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        make_private_pair(&self.0)?;
        let draft = file.with_extension(format!("{}-{}.draft", std::process::id(), System.word(6)));
        let mut writer =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        give(&mut writer)?;
        writer.sync_all()?;
        drop(writer);
        put_in_place(&draft, file)?;
        let parent = self.0.parent().unwrap_or(&self.0);
        [&self.0, parent].into_iter().try_for_each(|folder| open(folder)?.sync_all())
    }
}

#[expect(clippy::disallowed_methods, reason = "artifact files are this room's own")]
fn open(path: &Path) -> std::io::Result<File> {
    File::open(path)
}

#[expect(clippy::disallowed_methods, reason = "artifact files are this room's own")]
fn put_in_place(draft: &Path, file: &Path) -> std::io::Result<()> {
    std::fs::rename(draft, file)
}
