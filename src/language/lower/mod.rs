//! Model to plan: defaults filled in, order made explicit, names resolved, documents that are used taken along.

mod library;
mod workflow;
mod steps;
mod action;
mod prompts;
mod pattern;
mod trial;

#[cfg(test)]
mod tests;

pub use library::{Library, NoLibrary};

pub(in crate::language) use action::interpreter;
pub(in crate::language) use trial::trial;
pub(in crate::language) use workflow::lower;
