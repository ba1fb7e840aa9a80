//! What a workflow that can be read may still get wrong: one file per rule, each with its page of help.
//!
//! Invariant: a rule looks and reports; nothing here reads a file or changes a document.

mod knowledge;
mod survey;
mod text;
mod references;
mod flow;
mod registry;
mod run;

pub use knowledge::Knowledge;
pub use registry::RULES;
pub use run::{inspect, run};

#[cfg(test)]
mod tests;
