//! Workflows of other systems, turned into documents of this one. What can't be said here is told, never dropped.
//!
//! Invariant: pure, and total: any text becomes documents that `examine` finds no error in, or a refusal.

mod converted;
mod report;
mod fields;
mod document;
mod expression;
mod text;
mod detect;
mod aromcp;
mod github;
mod goose;
mod dagu;
mod entry;

pub use converted::{Converted, Counts, Extent, Loss, Refusal, Request, System};
pub use entry::convert;
