//! Moving a run on from outside: pause, resume, cancel, retry.

mod pause;
mod cancel;
mod retry;

pub use cancel::CancelWorkflow;
pub use pause::{PauseRun, ResumeRun};
pub use retry::RetryRun;
