//! What a project keeps about its work, as people see it.

pub mod projects;
pub mod entities;
pub mod work;
pub mod deployments;
