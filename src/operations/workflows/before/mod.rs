//! What a workflow will do, told before it is run: as a picture, in words, and as the commands it comes to; and what a
//! workflow of another system would be here.
//!
//! Invariant: nothing is started and nothing is kept.

mod graph;
mod known;
mod told;
mod walk;
mod act;
mod preview;
mod words;
mod touches;
mod explain;
mod import;

pub use explain::{ExplainWorkflow, ExplainedStep, Explanation};
pub use graph::{Graph, GraphFormat, GraphWorkflow};
pub use import::{ImportSystem, ImportWorkflow, Imported, ImportedDocument, Loss};
pub use preview::{Preview, PreviewRun};
pub use told::{PreviewStep, Will};
pub use touches::Touches;

pub use crate::language::graph::{Ink, Letters};
