//! What answers are drawn with: tables, times, findings and errors for people, JSON and YAML for programs.

pub mod screen;
mod view;
pub mod machine;
pub mod when;
pub mod table;
pub mod plot;
pub mod findings;
mod tested;
pub mod work_tree;
pub mod notify;
mod failure;

pub use failure::{error, error_value};
pub use findings::{github, sarif, validation};
pub use machine::{json, json_lines, yaml};
pub use tested::{junit, recorded_test, tap, tested};
pub use view::{Show, View, bare, counted, with, wrapped};
pub use when::duration_text;
