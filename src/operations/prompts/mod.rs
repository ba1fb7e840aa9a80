//! Prompts: the documents there are, what they say to whom, and what came of it.

mod list;
mod describe;
mod get;
mod test;
mod report;
mod create;
mod archive;

mod rendering;
mod pending;
mod completion;

pub use archive::{ArchivePrompt, ArchivedPrompt};
pub use completion::values as completions;
pub use create::{CreatePrompt, CreatedPrompt};
pub use describe::{DescribePrompt, Note, PromptDetail, WordingCount};
pub use get::{GetPrompt, PromptAnswer};
pub use list::{ListPrompts, PromptSummary};
pub use rendering::Message;
pub use report::{ReportPromptOutcome, ReportedOutcome};
pub use test::{Rendering, TestPrompt, TestedPrompt};

#[cfg(test)]
mod tests;
