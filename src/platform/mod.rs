//! The outside world, each part with a simulated twin where something decides by it: time, chance, the
//! environment; and processes, which are real or absent.
//!
//! Invariant: nothing here knows what a workflow is.

pub mod clock;
pub mod zone;
pub mod entropy;
pub mod environment;
pub mod machine;
pub mod upkeep;
pub mod folder;
pub mod process;
pub mod shutdown;
pub mod attention;
pub mod watchdog;
pub mod fault;
