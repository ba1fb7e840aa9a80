//! How a run advances: events in, decisions out.
//!
//! Invariant: nothing here reads a clock, a file, the environment or a random source, and nothing waits. A workflow
//! that fails is a state, never an `Err`.

pub mod run;
pub mod event;
pub mod command;
pub mod action;
pub mod status;
pub mod version;
mod decide;
mod steps;
mod scope;
mod fold;
mod node;
mod outline;

pub use decide::{Again, Beginning, Heir, Reach, Remade, begin, remake};
pub use scope::Given;
pub use steps::{Rendered, requirement};

#[cfg(test)]
mod tests;
