//! Making an agent's host know this server: what goes into its configuration, where that is, and how it gets there
//! without touching anything else.

mod host;
mod format;
mod json;
mod toml;
mod file;

pub use file::File;
pub use host::{Host, Reach, Server};

#[cfg(test)]
mod tests;
