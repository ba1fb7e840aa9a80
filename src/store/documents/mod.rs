//! The documents that a project keeps, how often prompts were used, and when workflows start by themselves.

pub mod catalog;
pub mod usage;
pub mod schedules;
