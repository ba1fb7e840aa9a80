//! Starting runs, looking at them, and moving them on.

mod artifacts;
mod begin;
pub mod bundle;
mod carrying;
mod control;
mod events;
mod branching;
mod execute;
mod keeping;
mod list;
mod log;
mod show;
mod start;
mod status;

pub use artifacts::{ArtifactFile, ArtifactPiece, Artifacts, GetArtifact, ListArtifacts};
pub use begin::{Beginning, prepare};
pub use branching::{
    DiffRuns, ForkRun, MigrateRun, Migration, Replay, ReplayDifference, ReplayRun, ReplayedCommand,
    RunDifference, RunSide, RunsDiff, StepTimes,
};
pub use carrying::{
    Bells, Going, Look, Overlook, Progress, Rung, Watcher, carry, carry_all, carry_whole, look, stay, tend,
    watch,
};
pub use control::{CancelWorkflow, PauseRun, ResumeRun, RetryRun};
pub use events::{AwaitedEvent, EventSent, ListAwaitedEvents, SendEvent, SignalRun};
pub use execute::{ExecuteWorkflow, Execution};
pub use keeping::{
    Damage, ExportRun, ExportedRun, Fault, ImportRun, ImportedRun, Outcome, PruneRuns, PrunedRuns, Soundness,
    Verification, VerifiedRun, VerifyRun, check_run, mend_lists,
};
pub use list::{ListRuns, UNFINISHED};
pub use log::{GetRunLog, RunLog};
pub use show::{RunDetail, ShowRun};
pub use start::StartWorkflow;
pub use status::GetWorkflowStatus;
