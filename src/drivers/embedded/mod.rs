//! The driver inside this process: the journal, the engine and the effects, and nothing else to install.
//!
//! A run is carried by one thread while there is something to do, and by nobody while it waits. Anybody may append
//! what comes from outside (a submission, a cancel); only who holds the run's lease appends its own decisions.

mod driver;
mod settings;
mod shared;
mod history;
mod recent;
mod worker;
mod hands;
mod outside;
mod neighbours;
mod keeper;
mod projection;
mod prospect;

pub use driver::Embedded;
pub use hands::Hands;
pub use settings::{Carries, Owner, Settings};

#[cfg(test)]
mod tests;
