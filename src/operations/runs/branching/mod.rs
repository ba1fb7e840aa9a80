//! Runs beside runs: made from one another, and compared.

mod fork;
mod migrate;
mod diff;
mod replay;

pub use diff::{DiffRuns, RunDifference, RunSide, RunsDiff, StepTimes};
pub use fork::ForkRun;
pub use migrate::{MigrateRun, Migration};
pub use replay::{Replay, ReplayDifference, ReplayRun, ReplayedCommand};
