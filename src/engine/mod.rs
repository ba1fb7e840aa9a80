//! How a run advances: events in, decisions out.
//!
//! Invariant: nothing here reads a clock, a file, the environment or a random source, and nothing waits. A workflow
//! that fails is a state, never an `Err`.

pub mod event;
pub mod status;
mod value;
