//! What an answer looks like: for people by the operation that gave it, for programs as JSON or YAML.

mod show;
mod machine;
mod when;
mod table;
mod run;
mod action;
mod log;
mod lists;
mod workflows;
mod prompts;
mod findings;
mod system;
mod files;
mod overview;
mod failure;

pub use action::packet;
pub use failure::{error, error_value};
pub use findings::{github, sarif, validation};
pub use lists::unfinished_list;
pub use log::{log_line, run_log};
pub use machine::{json, json_lines, yaml};
pub use overview::overview;
pub use run::run_report;
pub use show::{Show, View, show, with};
pub use when::duration_text;
