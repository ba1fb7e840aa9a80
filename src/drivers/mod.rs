//! Who carries a run forward: the engine decides, a driver acts and records.

pub mod driver;
pub mod replay;
pub mod embedded;
pub mod rehearsal;
