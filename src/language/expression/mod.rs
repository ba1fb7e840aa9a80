//! The template environment: what a template may see, how a value becomes text, and what is quoted where.
//!
//! Invariant: pure and deterministic. A value never becomes shell code, and a secret's value is never known here.

mod error;
mod scope;
mod bound;
mod environment;
mod render;
mod prompt;
mod blocks;
mod text;
mod shell;
mod references;
mod explain;
mod foresight;

pub use blocks::{Blocks, blocks};
pub use error::{Error, ErrorKind};
pub use foresight::{Foreseen, Foresight, placeholder};
pub use prompt::render_messages;
pub use references::{Analysis, Mode, Part, PartName, Reference, Unknown, UnknownKind, analyse, references};
pub use render::{evaluate, is_template, render, render_with_parents, resolve, truth};
pub use scope::Scope;
pub use shell::{Context, Hole, analyse_shell, render_shell, shell_holes};
pub use text::{Segment, Text, render_env};

#[cfg(test)]
mod tests;
