//! Commands that are no operation.

pub mod printed;
pub mod serve;
pub mod install;
pub mod background;
pub mod completions;
mod manual;

pub use completions::SHELLS;
