//! What is to happen next, from the facts and the time alone. Everything here reads a run and returns events; none of
//! it changes one.

mod begin;
mod inherit;
mod remake;
mod handing;
mod outcome;
mod poll;
pub mod retry;
mod sections;
mod signal;

pub use begin::{Beginning, begin};
pub use inherit::{Again, Heir};
pub use remake::{Remade, remake};
pub use signal::Reach;
