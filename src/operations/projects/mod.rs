//! The projects of this home: each has its own store, and one of them is active.

mod rules;
mod summary;
mod create;
mod list;
mod survey;
mod get;
mod active;
mod switch;
mod update;
mod archive;
mod delete;

pub use active::{ActiveProject, GetActiveProject};
pub use archive::ArchiveProject;
pub use create::CreateProject;
pub use delete::{DeleteProject, DeletedProject};
pub use get::{GetProject, ProjectDetail};
pub use list::ListProjects;
pub use summary::{ProjectStatus, ProjectSummary, find, refuse_archived};
pub use survey::survey;
pub use switch::SwitchProject;
pub use update::UpdateProject;
