//! What a workflow means once nothing about its spelling matters: every default filled in, every name
//! resolved, every duration a number. A plan is what a run pins, so it serializes and never changes meaning.
//! Templates stay text here; `language::expression` renders them, `engine` says when.

mod action;
pub mod duration;
mod limits;
mod pin;
mod prompt;
mod site;
mod step;
pub mod timetable;
mod trial;
mod workflow;

pub use action::{
    Action, Answerer, Call, Check, Delegate, Interpreter, McpCall, ModelSettings, OnTimeout, Prompt,
    PromptSource, Question, Shell, Subflow, Wait, WaitFor,
};
pub use limits::{
    ACTION_TITLE_MAX, ALIAS_EXPANSIONS_MAX, EVENT_NAME_MAX, EVENTS_KEPT_MAX, FILE_BYTES_MAX,
    FOREACH_ITEMS_MAX, NESTING_MAX, REPEAT_ITERATIONS_MAX, STEPS_MAX, TEMPLATE_FUEL, TEMPLATE_OUTPUT_MAX,
    VALUE_BYTES_MAX,
};
pub use pin::{hash, text};
pub use prompt::{PromptMessage, PromptText, PromptVariant, USER};
pub use site::{SITES_MAX, Site, address_of, can_be_undone, place_of, plain_name, sites};
pub use step::{Foreach, Items, OnError, OnInterrupt, Parse, Repeat, Retry, RetryOn, Step};
pub use trial::{Answer, Answers, Case, Expect, ExpectStep, Given, Reply, StandsFor, Trial};
pub use workflow::{Budget, Concurrency, Input, OnBusy, Pattern, Plan, Schedule};
