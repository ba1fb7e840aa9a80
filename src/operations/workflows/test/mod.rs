//! `wfmcp test`: what documents of `kind: test` come to.

mod perform;
mod report;
mod coverage;
mod record;

pub use perform::TestWorkflow;
pub use record::{RecordTest, RecordedTest};
pub use report::{CaseReport, Coverage, Deviation, FatalKill, TestReport, Tested};
