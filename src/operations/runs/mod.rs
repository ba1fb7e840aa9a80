//! Starting runs, looking at them, and moving them on.

mod artifacts;
mod begin;
mod cancel;
mod carrying;
mod control;
mod execute;
mod list;
mod log;
mod retry;
mod show;
mod start;
mod status;

pub use artifacts::{ArtifactFile, ArtifactPiece, Artifacts, GetArtifact, ListArtifacts};
pub use cancel::CancelWorkflow;
pub use carrying::{Progress, Watcher, carry, carry_all, stay, tend, watch};
pub use control::{PauseRun, ResumeRun};
pub use execute::{ExecuteWorkflow, Execution};
pub use list::{ListRuns, UNFINISHED};
pub use log::{GetRunLog, RunLog};
pub use retry::RetryRun;
pub use show::{RunDetail, ShowRun};
pub use start::StartWorkflow;
pub use status::GetWorkflowStatus;
