//! The projects of this home: each has its own store, and one of them is active.

mod create;
mod get;
mod list;
mod switch;
mod summary;

pub use create::CreateProject;
pub use get::{GetProject, ProjectDetail};
pub use list::ListProjects;
pub use summary::{ProjectSummary, find};
pub use switch::SwitchProject;
