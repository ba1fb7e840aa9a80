//! Work items: what a team works on, as a tree, and what has to wait for what.

mod create;
mod update;
mod get;
mod query;
mod tree;
mod dependency;
mod link;
mod delete;
mod summary;
mod find;
mod git;
mod refused;

pub use create::CreateWorkItem;
pub use delete::{DeleteWorkItem, DeletedWorkItem};
pub use dependency::{AddDependency, ChangedDependency, RemoveDependency};
pub use find::id as work_item_id;
pub use get::{GetWorkItem, WorkItemDetail};
pub use link::{LinkBranch, LinkCommit, LinkedBranch, LinkedCommit};
pub use query::{QueryWorkItems, Sort, WorkItems};
pub use summary::{RelatedItem, WorkItemSummary};
pub use tree::{GetWorkItemTree, TreeItem, WorkItemTree};
pub use update::UpdateWorkItem;

pub use crate::records::work::{ItemType, Priority, Relation, Status};
