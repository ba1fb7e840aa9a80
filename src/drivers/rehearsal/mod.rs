//! A run on a stage: the engine, a clock that jumps, and a world that answers what a test says. Nothing is kept, and
//! nothing is done but the steps that a case lets really run.
//!
//! Invariant: no decision about a workflow, and none about a test: what came of it is told, `verdict` compares it.

mod stage;
mod performance;
mod acting;
mod crash;
mod cues;
mod reply;
mod backstage;
mod verdict;
mod chaos;

pub use chaos::{Chaos, Fatal, chaos};
pub use performance::Performance;
pub use stage::{Rehearsal, Steps, rehearse, steps};
pub use verdict::{Difference, differences};
