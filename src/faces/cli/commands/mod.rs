//! Commands that are no operation, and those that look after an installation, with what their answers look like.

pub mod printed;
pub mod serve;
pub mod install;
pub mod background;
pub mod doctor;
mod diagnosis;
pub mod metrics;
pub mod import;
pub mod imported;
pub mod measured;
pub mod completions;
mod manual;
mod start;

pub use completions::SHELLS;
pub use diagnosis::diagnosis;
pub use start::{Overview, greet};
