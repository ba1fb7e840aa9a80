//! YAML 1.2 as a tree that knows where everything stands. It knows nothing of workflows.
//!
//! Invariant: no text makes it panic, hang, or use memory out of proportion.

mod node;
mod scalar;
mod mask;
mod parse;
mod syntax;
mod locate;

#[cfg(test)]
mod tests;

pub use locate::Spelling;
pub use node::{Entry, Kind, Node};
pub use parse::parse;
pub use scalar::{Primitive, Scalar, Style, Text};
