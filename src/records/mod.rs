//! What a team's work is about, next to the workflows that do it: the rules of its records.
//!
//! Invariant: pure. Whoever keeps a record or is asked to change one is told here what it may be.

pub mod deployment;
pub mod text;
pub mod work;
