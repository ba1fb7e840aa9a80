//! Starting runs, looking at them, and moving them on.

mod begin;
mod cancel;
mod carrier;
mod control;
mod execute;
mod follow;
mod list;
mod log;
mod retry;
mod show;
mod start;
mod tend;
mod watch;
mod status;

pub use cancel::CancelWorkflow;
pub use carrier::carry_all;
pub use control::{PauseRun, ResumeRun};
pub use execute::{ExecuteWorkflow, Execution};
pub use follow::carry;
pub use list::{ListRuns, UNFINISHED};
pub use log::{GetRunLog, RunLog};
pub use retry::RetryRun;
pub use show::{RunDetail, ShowRun};
pub use start::StartWorkflow;
pub use status::GetWorkflowStatus;
pub use tend::{stay, tend};
pub use watch::{Progress, Wish, watch};
