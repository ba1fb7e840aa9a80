//! What an answer looks like to people, by the operation that gave it.

mod show;
mod run;
mod compared;
mod action;
mod log;
mod lists;
mod workflows;
mod schedules;
mod before;
mod prompts;
mod system;
mod files;
mod overview;
mod keeping;

pub use action::{kind as action_kind, packet};
pub use keeping::what as what_is_pruned;
pub use lists::{more, unfinished_list};
pub use log::{log_line, run_log};
pub use overview::overview;
pub use run::run_report;
pub use show::show;
