//! What an operation is: its contract, the registry of all of them, what they are given, and how they fail.

pub mod operation;
pub mod registry;
pub mod access;
pub mod context;
pub mod project;
pub mod script;
pub mod error;
pub mod hint;
pub mod aliases;
pub mod arguments;
