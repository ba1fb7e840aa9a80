//! The terminal: pleasant for a person, exact for a script. Standard output is the answer, standard error is
//! everything else.

mod entry;
mod globals;
mod tree;
mod session;
mod forms;
mod records;
mod commands;
mod install;
mod views;
pub mod render;
mod live;
mod attend;
mod dialog;
mod full_screen;

pub use commands::SHELLS;
pub use entry::{Outside, main};
pub use tree::command;
