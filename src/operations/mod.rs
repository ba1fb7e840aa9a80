//! What wfmcp can do: every use case once, one file each, in folders by noun. A face iterates over `registry::ROWS`.
//!
//! Invariant: nothing here prints, knows an exit code or a protocol's error code, or names a concrete store or driver.

pub mod operation;
pub mod registry;
pub mod access;
pub mod context;
pub mod error;

pub mod runs;
pub mod actions;
pub mod workflows;
pub mod projects;
pub mod system;

pub mod documents;
mod exchange;

pub use access::{Access, Toolset};
pub use context::{Context, Project, World};
pub use error::{Detail, Error, Kind};
pub use exchange::page::Page;
pub use exchange::reference::{ActionName, ProjectName, RunName, WorkflowName};
pub use exchange::time::{duration, millis};
pub use exchange::{inputs, page, report, yaml};
pub use operation::{Operation, block_on};

use exchange::{reference, time};
