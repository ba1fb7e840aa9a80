//! Values in shell scripts. Every `{{ }}` becomes quoted words, and only where quoting is possible: the script is
//! read as a shell would read it, before it runs and again when it is rendered.

mod lexer;
mod command;
mod heredoc;
mod parameter;
mod quote;
mod render;
mod holes;

pub use holes::{Hole, analyse_shell, shell_holes};
pub use lexer::Context;
pub(super) use quote::{raw, write_hole};
pub use render::render_shell;

#[cfg(test)]
mod tests;
