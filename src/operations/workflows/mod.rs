//! The catalogue of workflows, and what can be said about a document.

mod archive;
mod checklist;
mod create;
mod export;
mod fix;
mod get;
mod list;
mod side_by_side;
mod teach;
mod validate;
pub mod schedules;
mod before;
pub mod test;
pub mod patterns;

pub use archive::{ArchiveWorkflow, Archived};
pub use before::{
    ExplainWorkflow, ExplainedStep, Explanation, Graph, GraphFormat, GraphWorkflow, Ink, Letters, Preview,
    PreviewRun, PreviewStep, Touches, Will,
};
pub use before::{ImportSystem, ImportWorkflow, Imported, ImportedDocument, Loss};
pub use create::{CreateWorkflow, Created};
pub use export::{ExportFormat, ExportWorkflowData, Exported};
pub use fix::{Fixed, fix};
pub use get::{GetWorkflow, InputSummary, StepSummary, WorkflowDetail};
pub use list::{ListWorkflows, WorkflowSummary};
pub use teach::{document_kinds, explain, schema_of};
pub use test::{RecordTest, TestWorkflow};
pub use validate::{ValidateWorkflow, Validation};
