//! Commands that are no operation.

pub mod printed;
pub mod serve;
pub mod install;
pub mod background;
pub mod completions;
mod manual;
mod start;

pub use completions::SHELLS;
pub use start::{Overview, greet};
