//! The work items of a project, in its file.

mod store;
mod tree;
mod spread;
mod dependencies;
mod links;
mod serve;
mod query;
mod items;

pub(super) use serve::follow;
