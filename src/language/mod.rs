//! What an author writes: text in, a `plan::Plan` or diagnostics out.
//!
//! Invariant: pure. Nothing here reads a file, a clock or the environment.

pub mod source;
pub mod diagnostic;
pub mod yaml;
pub mod model;
pub mod reader;
pub mod schema;
pub mod plan;
pub mod graph;
pub mod expression;
pub mod lint;
pub mod prompt;
pub mod convert;
mod lower;
mod entry;

pub use entry::{Examined, Reading, examine, plan, read};
pub use lower::{Library, NoLibrary};
