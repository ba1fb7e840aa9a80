//! Work items: a tree of projects, sessions, tasks, research and subtasks, five levels deep, whose status rolls up, and
//! the dependencies across it. What may be, and what follows; keeping them is for the store.

mod item;
mod types;
mod status;
mod rollup;
mod place;
mod dependency;
mod metadata;
mod words;
mod edit;
mod refusal;

#[cfg(test)]
mod tests;

pub use dependency::{Dependency, Relation, cycle};
pub use edit::{Draft, Edit, Move, difference};
pub use item::Item;
pub use place::{DEPTH_MAX, Place};
pub use refusal::{Problem, Refusal};
pub use rollup::{Tally, holds, rolled_up};
pub use status::Status;
pub use types::{ItemType, Priority};
pub use words::{branch, revision};
