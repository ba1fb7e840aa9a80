//! Keeping runs: taking them to another machine, seeing that they are whole, and letting go of them.

mod place;
mod export;
mod import;
mod arrival;
mod fault;
mod verify;
mod prune;
mod pruning;

pub use export::{ExportRun, ExportedRun};
pub use fault::{Fault, check_run, mend_lists};
pub use import::{ImportRun, ImportedRun, Outcome};
pub use prune::{PruneRuns, PrunedRuns};
pub use verify::{Damage, Soundness, Verification, VerifiedRun, VerifyRun};
