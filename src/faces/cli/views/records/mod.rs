//! What a project and its records look like.

pub(super) mod projects;
pub(super) mod entities;
pub(super) mod work;
pub(super) mod work_tree;
pub(super) mod deployments;
