//! The key tables: every key of every document, what it may hold and what it is for.

mod step;
mod workflow;
mod documents;

pub use documents::{PATTERN, PROMPT, TEST};
pub use step::{KINDS, STEP};
pub use workflow::WORKFLOW;

pub(super) use documents::{CASE, MESSAGE, TARGET, VARIANT};
pub(super) use step::{
    CACHE, DELEGATE, INTERRUPT_CHECK, MCP_CALL, PROMPT_USE, REPEAT, RETRY, SHELL, SUBFLOW, WAIT,
};
pub(super) use workflow::{BUDGET, CHECK, CONCURRENCY, SCHEDULE};
