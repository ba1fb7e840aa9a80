//! What a team's work is about, next to the workflows that do it: the rules of its records. Of entities: what is found,
//! what an index may answer, how a value is changed, and how much of it there may be.
//!
//! Invariant: pure, and nothing of this crate is known here. Whoever keeps a record or is asked to change one is told here
//! what it may be.

mod error;
pub mod limits;
pub mod name;
pub mod number;
pub mod path;
pub mod containment;
pub mod condition;
pub mod filter;
pub mod index;
pub mod change;
pub mod csv;
pub mod work;
pub mod deployment;
pub mod text;

pub use error::Error;
pub use filter::Filter;
pub use path::Path;
