//! This machine's files, and commands on it: for agents that have no other way to them, and only inside the folders
//! that are allowed.

mod roots;
mod read;
mod write;
mod list;
mod search;
mod matching;
mod execute;
mod info;
mod echo;
mod media;
mod base64;

pub use base64::Encoding;
pub use echo::{Echo, Echoed};
pub use execute::{CommandOutcome, ExecuteCommand};
pub use info::{GetSystemInfo, SystemInfo};
pub use list::{Entry, EntryKind, ListDirectory};
pub use read::{FileContent, ReadFile, read_whole};
pub use roots::{Folders, Opened, Place, Roots};
pub use search::{Found, Match, SearchFiles};
pub use write::{WriteFile, WriteMode, Written};

#[cfg(test)]
mod tests;
