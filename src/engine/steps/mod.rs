//! How each kind of step begins: one file a kind, and what they share.

pub mod agent;
pub mod instant;
pub mod machine;
pub mod shared;
pub mod shell;
pub mod wait;

pub use shared::{
    ask_about_interruption, begin, expression_failure, failure, kind_of, on_interrupt, open,
    work_under_review,
};
