//! Commands about projects and their records that are nicer to type than the fields of their operations.

pub mod projects;
pub mod entities;
pub mod bulk;
pub mod work;
pub mod deployments;
pub mod patterns;
