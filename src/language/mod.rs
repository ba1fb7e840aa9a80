//! What an author writes: text in, a `plan::Plan` or diagnostics out.
//!
//! Invariant: pure. Nothing here reads a file, a clock or the environment.

pub mod plan;
pub mod expression;
