//! What wfmcp can do: every use case once, one file each, in folders by noun. A face iterates over `registry::rows`.
//!
//! Invariant: nothing here prints, knows an exit code or a protocol's error code, or names a concrete store or driver.

pub mod access;
pub mod context;
pub mod error;
pub mod operation;
pub mod registry;
pub mod tend;

pub mod runs;
pub mod actions;
pub mod workflows;
pub mod projects;
pub mod system;

pub mod page;
pub mod report;

pub mod documents;
pub mod inputs;
pub mod yaml;

mod reference;
mod time;

pub use access::{Access, Toolset};
pub use context::{Context, Project, World};
pub use error::{Detail, Error, Kind};
pub use operation::{Operation, block_on};
pub use page::Page;
pub use reference::{ActionName, ProjectName, RunName, WorkflowName};
pub use time::{duration, millis};
