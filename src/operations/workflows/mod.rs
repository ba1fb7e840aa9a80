//! The catalogue of workflows.

mod archive;

pub use archive::{ArchiveWorkflow, Archived};
