//! The store on `SQLite`: one file for the registry of a home, one for each project.
//!
//! Invariant: no query crosses a file, nothing is written outside `writer`, and readers never wait for it.

mod home;
mod registry;
mod journal;
mod rows;
mod documents;
mod deployments;
mod work;
mod entities;
mod maintenance;
mod inspection;
mod audit;
mod file;

#[cfg(test)]
mod tests;

pub use audit::Audit;
pub use file::owner::OwnerGuard;
pub use home::{Home, Project};
pub use inspection::Inspector;
pub use registry::Registry;
