//! The hash that ties an entry to all that came before it in its run, and the version that says what it is made of.

use crate::engine::event::RunId;
use crate::store::error::{Error, Result};
use std::fmt::Write as _;
use std::path::Path;

/// Rises when an older binary could no longer read what a newer one wrote. In 1, a link covers neither the number of
/// events nor the version itself.
pub const VERSION: u32 = 2;

/// What a link covers.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    pub format: u32,
    pub seq: u64,
    pub count: u64,
    pub at: i64,
    pub events: &'a str,
}

pub type Link = [u8; 16];

/// The link of a run's first entry to nothing.
pub const FIRST_LINK: Link = [0; 16];

pub fn link(previous: &[u8], run: &RunId, entry: &Sealed<'_>) -> Link {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(run.as_str().as_bytes());
    if entry.format >= 2 {
        hasher.update(&[0]);
        hasher.update(&entry.format.to_le_bytes());
        hasher.update(&entry.count.to_le_bytes());
    }
    hasher.update(&entry.seq.to_le_bytes());
    hasher.update(&entry.at.to_le_bytes());
    hasher.update(entry.events.as_bytes());
    let mut link = FIRST_LINK;
    link.copy_from_slice(&hasher.finalize().as_bytes()[..FIRST_LINK.len()]);
    link
}

/// A link as it is told.
pub fn hex(link: &[u8]) -> String {
    link.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Refuses an entry that a newer binary wrote, and one that none did.
pub fn check_version(found: u32, place: &Path) -> Result<()> {
    let path = place.display().to_string();
    match found {
        1..=VERSION => Ok(()),
        0 => Err(Error::Damaged { path, reason: "an entry of it has format 0, which never was".to_owned() }),
        _ => Err(Error::Newer { path, found, known: VERSION }),
    }
}
