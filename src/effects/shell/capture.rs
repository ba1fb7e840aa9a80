//! What a stream of a child printed, masked on the way: in memory while it is small; once it is not, in a file, or
//! without its middle.

use super::request::{Excess, Request, Stream};
use crate::effects::error::{Error, Result};
use crate::effects::mask;
use crate::language::plan::VALUE_BYTES_MAX;
use crate::platform::folder::make_private_pair;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How much of the beginning and of the end a preview shows.
const PREVIEW_BYTES: usize = 2048;

/// What a stream printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    /// All of it; with an artifact, a preview; without its middle where that was left out.
    pub text: String,
    pub bytes: u64,
    /// How much was left out.
    pub cut_bytes: u64,
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
    /// Everything while that is little, its beginning afterwards.
    kept: Vec<u8>,
    /// Its end, once `kept` is only its beginning.
    tail: Option<Vec<u8>>,
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
        Self { request, stream, mask, kept: Vec::new(), tail: None, bytes: 0, file: None }
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
        if let Some(tail) = &self.tail {
            let cut_bytes = self.bytes - (self.kept.len() + tail.len()) as u64;
            let (begin, end) = (String::from_utf8_lossy(&self.kept), String::from_utf8_lossy(tail));
            let text = format!("{begin}\n[... {cut_bytes} bytes are left out here ...]\n{end}");
            return Ok(Printed { text, bytes: self.bytes, cut_bytes, artifact: None });
        }
        match String::from_utf8(std::mem::take(&mut self.kept)) {
            Ok(text) => Ok(Printed { text, bytes: self.bytes, ..Printed::default() }),
            Err(error) => {
                self.kept = error.into_bytes();
                let text = String::from_utf8_lossy(&self.kept).into_owned();
                match self.request.excess {
                    Excess::Cut(_) => Ok(Printed { text, bytes: self.bytes, ..Printed::default() }),
                    Excess::Filed(folder) => {
                        self.spill(folder)?;
                        Ok(Printed { text, ..self.finish_spilled()? })
                    }
                }
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        let (all, end) = match self.request.excess {
            Excess::Filed(_) => (VALUE_BYTES_MAX, PREVIEW_BYTES),
            Excess::Cut(most) => (most, most / 2),
        };
        if self.tail.is_none() && self.kept.len() + bytes.len() <= all {
            self.kept.extend_from_slice(bytes);
            return Ok(());
        }
        if self.tail.is_none() {
            if let Excess::Filed(folder) = self.request.excess {
                self.spill(folder)?;
            }
            self.tail = Some(self.kept.split_off(end.min(self.kept.len())));
        }
        self.write(bytes)?;
        let (begins, ends) = bytes.split_at(end.saturating_sub(self.kept.len()).min(bytes.len()));
        self.kept.extend_from_slice(begins);
        let tail = self.tail.get_or_insert_default();
        if ends.len() >= end {
            tail.clear();
        }
        tail.extend_from_slice(&ends[ends.len().saturating_sub(end)..]);
        let excess = tail.len().saturating_sub(end);
        tail.drain(..excess);
        Ok(())
    }

    /// Move what is in memory to a file, and go on there.
    fn spill(&mut self, folder: &Path) -> Result<()> {
        let path = folder.join(file_name(self.request, self.stream.name()));
        let file = create(&path).map_err(|error| unwritable(&path, &error))?;
        self.file = Some(Spill { file, path, hash: blake3::Hasher::new() });
        let kept = std::mem::take(&mut self.kept);
        self.write(&kept)?;
        self.kept = kept;
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
            String::from_utf8_lossy(self.tail.as_deref().unwrap_or_default()),
        );
        let artifact = Artifact {
            path: spill.path,
            bytes: self.bytes,
            hash: spill.hash.finalize().to_hex().to_string(),
        };
        Ok(Printed { text, bytes: self.bytes, cut_bytes: 0, artifact: Some(artifact) })
    }
}

#[expect(clippy::disallowed_methods, reason = "writes the artifacts of a run")]
fn create(path: &Path) -> io::Result<File> {
    path.parent().map_or(Ok(()), make_private_pair)?;
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
