//! How each kind of step begins, and what they share.

mod begin;
pub mod shell;
mod machine;
mod agent;
mod model;
mod budget;
mod cache;
pub mod wait;
mod instant;
mod shared;

pub use begin::begin;
pub use shared::{
    ask_about_interruption, expression_failure, failure, kind_of, on_interrupt, open, work_under_review,
};
pub use shell::{Rendered, requirement};
