//! What an author said, typed, with the place of every word. Nothing is resolved or filled in: that is `lower`.
//!
//! Every mapping keeps its node, so that a finding can point at any key or value of it; texts, templates and
//! expressions keep their place themselves (`Text::part` leads from an offset in one to the source).

mod document;
mod step;
mod order;

pub use document::{
    Case, Check, CheckEntry, Concurrency, Document, InputEntry, Message, Pattern, PromptDocument, Target,
    TestDocument, Variant, Workflow,
};
pub use order::Order;
pub use step::{
    Action, Answerer, Foreach, Items, ModelSettings, OnInterrupt, Prompt, PromptSource, Repeat, Script, Step,
    Wait, WaitFor,
};
