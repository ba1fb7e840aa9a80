//! The on-disk form of a run's entries, and its version: how events are written, the hash that chains an entry to the one
//! before, and which files an entry refers to. Which rows there are is a backend's.

mod encoding;
mod chain;
mod cited;

pub use chain::{FIRST_LINK, Link, Sealed, VERSION, check_version, hex, link};
pub use cited::{Cited, CitedFile, cited};
pub use encoding::{INLINE_BYTES_MAX, Reference, decode, encode};
