//! `wfmcp test`: what documents of `kind: test` come to.

mod perform;
mod report;
mod coverage;

pub use perform::TestWorkflow;
pub use report::{CaseReport, Coverage, Deviation, FatalKill, TestReport, Tested};
