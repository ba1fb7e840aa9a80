//! The forms of what is about a project and its records.

pub(super) mod projects;
pub(super) mod entities;
pub(super) mod bulk;
pub(super) mod work;
pub(super) mod deployments;
