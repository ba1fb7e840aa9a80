//! Entities in a project's file: their rows, and beside them an index of which have which value where.
//!
//! Invariant: a row and its terms change in one transaction, and the containers of a term are never read to be sorted:
//! who is looked for is known before any document is read.

mod api;
mod types;
mod rows;
mod write;
mod index;
mod matches;
mod order;
mod merge;
mod find;
