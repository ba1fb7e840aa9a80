//! Writing a bundle, member by member, with nothing larger than an entry in memory.

use super::tar::{BLOCK, MEMBER_BYTES_MAX, header, padding};
use crate::operations::{Error, Kind};
use std::io::{self, BufWriter, Write};

pub const SUMS: &str = "B3SUMS";

pub fn plan_member(hash: &str) -> String {
    format!("plans/{hash}.json")
}

pub fn content_member(hash: &str) -> String {
    format!("artifacts/{hash}")
}

pub fn journal_member(run: &str) -> String {
    format!("runs/{run}/journal.jsonl")
}

/// A line of `B3SUMS`.
pub fn sum_line(hash: &blake3::Hash, name: &str) -> String {
    format!("{}  {name}\n", hash.to_hex())
}

pub struct Writer<W: Write> {
    out: BufWriter<W>,
    sums: String,
}

impl<W: Write> Writer<W> {
    pub fn to(out: W) -> Self {
        Self { out: BufWriter::with_capacity(128 * 1024, out), sums: String::new() }
    }

    /// A member of exactly so many bytes, which `fill` gives.
    pub fn member(
        &mut self,
        name: &str,
        bytes: u64,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let head = header(name, bytes).ok_or_else(|| {
            let message =
                format!("{name} has {bytes} bytes: a member of a bundle has at most {MEMBER_BYTES_MAX}");
            Error::new(Kind::Limit, message)
        })?;
        self.out.write_all(&head).map_err(|error| failed(&error))?;
        let mut through = Hashed { out: &mut self.out, hasher: blake3::Hasher::new() };
        fill(&mut through)?;
        let hasher = through.hasher;
        if hasher.count() != bytes {
            let message =
                format!("{name} changed while it was written: {bytes} bytes became {}", hasher.count());
            return Err(Error::new(Kind::Conflict, message).hint("repeat the command"));
        }
        self.out.write_all(&[0; BLOCK][..padding(bytes)]).map_err(|error| failed(&error))?;
        self.sums.push_str(&sum_line(&hasher.finalize(), name));
        Ok(())
    }

    pub fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.member(name, text.len() as u64, &mut |out| {
            out.write_all(text.as_bytes()).map_err(|error| failed(&error))
        })
    }

    /// What it was written to, and the digest of all of it.
    pub fn finish(mut self) -> Result<(W, String), Error> {
        let sums = std::mem::take(&mut self.sums);
        self.text(SUMS, &sums)?;
        self.out.write_all(&[0; 2 * BLOCK]).map_err(|error| failed(&error))?;
        let out = self.out.into_inner().map_err(|error| failed(error.error()))?;
        Ok((out, blake3::hash(sums.as_bytes()).to_hex().to_string()))
    }
}

struct Hashed<'a, W: Write> {
    out: &'a mut W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

pub fn failed(error: &io::Error) -> Error {
    Error::new(Kind::Unavailable, format!("the bundle can't be written: {error}"))
        .hint("see that there is room, or name another file with --out")
}
