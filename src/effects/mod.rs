//! What a step does to the world: one file or folder per effect, behind blocking calls that a driver's thread makes.
//!
//! Invariant: an effect knows its own part of the plan and nothing of runs, journals or drivers. What it returns is
//! masked already.

pub mod error;
pub mod mask;
pub mod stop;
pub mod secrets;
pub mod shell;
pub mod mcp_tool;
pub mod model;
pub mod call;

pub use call::{Called, Caller};
pub use error::Error;
pub use mask::Mask;
pub use stop::{Cause, Stop};
