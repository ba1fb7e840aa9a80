//! What a team's work is about: the rules of entity types and entities. What is found, what an index may answer, how
//! a value is changed, and how much of it there may be. Whoever keeps them, and whoever asks, is elsewhere.
//!
//! Invariant: pure, and nothing of this crate is known here.

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

pub use error::Error;
pub use filter::Filter;
pub use path::Path;
