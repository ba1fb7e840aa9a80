//! What came of the runs of a time: how many, how long, how well, and what was waited for. Everything is read from the
//! journals, run by run, so that it is exact and no run is in memory beside another.

mod range;
mod facts;
mod intervals;
mod tally;
mod timeline;
mod get;

#[cfg(test)]
mod tests;

pub use get::{By, GetWorkflowMetrics, Group, WorkflowMetrics};
pub use tally::{Actions, Durations, Measures, Runs, Steps, Times, Took};
pub use timeline::{Bucket, Timeline};
