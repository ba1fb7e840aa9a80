//! What is remembered. All SQL of the program is below this room; everybody else sees these narrow traits.
//!
//! Invariant: nothing here knows what a workflow means. A projection is handed in beside the events that caused it
//! and is written in the same transaction.

pub mod audit;
pub mod documents;
pub mod deployments;
pub mod applications;
pub mod work;
pub mod entities;
pub mod error;
pub mod journal;
pub mod maintenance;
pub mod inspection;
pub mod registry;
pub mod format;
pub mod artifact;
pub mod sqlite;

pub use documents::{catalog, schedules, usage};
pub use error::Error;
