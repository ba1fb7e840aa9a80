//! What this installation and this project want, in layers: flag > environment > project file > user file > default.
//! Every value knows where it came from.
//!
//! Invariant: nothing here acts on a value; the rooms above do.

mod error;
mod yaml;
mod key;
mod value;
mod paths;
mod file;
mod server;
mod layers;
mod edit;

pub use edit::set;
pub use error::{Error, Place, Problem};
pub use key::{KEYS, Key, Kind};
pub use layers::{Config, Flags, Origin, Row};
pub use paths::{Paths, project_root};
pub use server::McpServer;

#[cfg(test)]
mod tests;
