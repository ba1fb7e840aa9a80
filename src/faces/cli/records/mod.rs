//! Projects and their records at a terminal: commands that are nicer to type than the fields of their operations, and what
//! their answers look like.

pub mod projects;
pub mod entities;
pub mod bulk;
pub mod work;
pub mod deployments;
pub mod patterns;
pub mod project_view;
pub mod entity_view;
pub mod work_view;
pub mod deployment_view;
