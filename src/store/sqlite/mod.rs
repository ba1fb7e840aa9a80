//! The store on `SQLite`: one file for the registry of a home, one for each project.
//!
//! Invariant: no query crosses a file, nothing is written outside `writer`, and readers never wait for it.

mod home;
mod owner;
mod registry;
mod journal;
mod rows;
mod catalog;
mod usage;
mod entities;
mod maintenance;
mod audit;
mod file;

#[cfg(test)]
mod tests;

pub use audit::Audit;
pub use home::{Home, Project};
pub use owner::OwnerGuard;
pub use registry::Registry;
