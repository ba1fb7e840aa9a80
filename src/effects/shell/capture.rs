//! What a stream of a child printed: in memory while it is small, in a file once it is not, masked on the way.

use super::request::{Request, Stream};
use crate::effects::error::{Error, Result};
use crate::effects::mask;
use crate::language::plan::VALUE_BYTES_MAX;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How much of the beginning and of the end a preview shows.
const PREVIEW_BYTES: usize = 2048;

/// What a stream printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    /// All of it; with an artifact, a preview.
    pub text: String,
    pub bytes: u64,
    /// The whole, where it is too large or is not UTF-8.
    pub artifact: Option<Artifact>,
}

/// A file that holds what the journal only refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub path: PathBuf,
    pub bytes: u64,
    /// BLAKE3, in hexadecimal.
    pub hash: String,
}

pub(super) struct Capture<'r> {
    request: &'r Request<'r>,
    stream: Stream,
    mask: mask::Stream<'r>,
    /// Everything while there is no file, its beginning afterwards.
    kept: Vec<u8>,
    tail: Vec<u8>,
    bytes: u64,
    file: Option<Spill>,
}

struct Spill {
    file: File,
    path: PathBuf,
    hash: blake3::Hasher,
}

impl<'r> Capture<'r> {
    pub(super) fn new(request: &'r Request<'r>, stream: Stream) -> Self {
        let mask = request.mask.stream();
        Self { request, stream, mask, kept: Vec::new(), tail: Vec::new(), bytes: 0, file: None }
    }

    /// Take what was read; what may be shown of it goes to `show`.
    pub(super) fn take(&mut self, bytes: &[u8], show: impl FnOnce(&[u8])) -> Result<()> {
        if self.request.mask.is_empty() {
            show(bytes);
            return self.keep(bytes);
        }
        let mut masked = Vec::with_capacity(bytes.len());
        self.mask.push(bytes, &mut masked);
        if !masked.is_empty() {
            show(&masked);
        }
        self.keep(&masked)
    }

    pub(super) fn finish(mut self, show: impl FnOnce(&[u8])) -> Result<Printed> {
        let mut rest = Vec::new();
        std::mem::replace(&mut self.mask, self.request.mask.stream()).finish(&mut rest);
        if !rest.is_empty() {
            show(&rest);
            self.keep(&rest)?;
        }
        if self.file.is_some() {
            return self.finish_spilled();
        }
        match String::from_utf8(std::mem::take(&mut self.kept)) {
            Ok(text) => Ok(Printed { text, bytes: self.bytes, artifact: None }),
            Err(error) => {
                self.kept = error.into_bytes();
                let text = String::from_utf8_lossy(&self.kept).into_owned();
                self.spill()?;
                Ok(Printed { text, ..self.finish_spilled()? })
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        if self.file.is_none() && self.kept.len() + bytes.len() <= VALUE_BYTES_MAX {
            self.kept.extend_from_slice(bytes);
            return Ok(());
        }
        if self.file.is_none() {
            self.spill()?;
        }
        self.write(bytes)?;
        if bytes.len() >= PREVIEW_BYTES {
            self.tail.clear();
        }
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(PREVIEW_BYTES)..]);
        let excess = self.tail.len().saturating_sub(PREVIEW_BYTES);
        self.tail.drain(..excess);
        Ok(())
    }

    /// Move what is in memory to a file.
    fn spill(&mut self) -> Result<()> {
        let path = self.request.artifacts.join(file_name(self.request, self.stream.name()));
        let file = create(&path).map_err(|error| unwritable(&path, &error))?;
        self.file = Some(Spill { file, path, hash: blake3::Hasher::new() });
        let kept = std::mem::take(&mut self.kept);
        self.write(&kept)?;
        self.tail = kept[kept.len().saturating_sub(PREVIEW_BYTES)..].to_vec();
        self.kept = kept;
        self.kept.truncate(PREVIEW_BYTES);
        self.kept.shrink_to_fit();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(spill) = &mut self.file else { return Ok(()) };
        spill.hash.update(bytes);
        spill.file.write_all(bytes).map_err(|error| unwritable(&spill.path, &error))
    }

    fn finish_spilled(mut self) -> Result<Printed> {
        let Some(spill) = self.file.take() else { return Ok(Printed::default()) };
        // The journal will refer to it, so it must be as durable as the journal.
        spill.file.sync_all().map_err(|error| unwritable(&spill.path, &error))?;
        let text = format!(
            "{}\n[... {} bytes in all, the whole is in {} ...]\n{}",
            String::from_utf8_lossy(&self.kept),
            self.bytes,
            spill.path.display(),
            String::from_utf8_lossy(&self.tail),
        );
        let artifact = Artifact {
            path: spill.path,
            bytes: self.bytes,
            hash: spill.hash.finalize().to_hex().to_string(),
        };
        Ok(Printed { text, bytes: self.bytes, artifact: Some(artifact) })
    }
}

#[expect(clippy::disallowed_methods, reason = "writes the artifacts of a run")]
fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    File::create(path)
}

/// A name for a file of this attempt that no other attempt of the run has.
pub(super) fn file_name(request: &Request<'_>, what: &str) -> String {
    let step = request.identity.step;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let readable: String =
        step.chars().take(80).map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    // Steps that differ only in letters a file name can't have still differ here.
    let digest = blake3::hash(step.as_bytes()).to_hex();
    format!("{readable}-{}-{}.{what}", &digest[..8], request.identity.attempt)
}

pub(super) fn unwritable(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    if error.kind() == io::ErrorKind::StorageFull {
        return Error::new("disk_full", format!("the disk is full: {shown} could not be written"))
            .hint("free some space, then retry the run");
    }
    Error::new("artifact", format!("{shown} could not be written: {error}"))
        .hint("output beyond 256 KiB, or not in UTF-8, is kept in this folder: make it writable")
}
