//! Runs beside runs: made from one another, and compared.

mod fork;
mod diff;

pub use diff::{DiffRuns, RunDifference, RunSide, RunsDiff, StepTimes};
pub use fork::ForkRun;
