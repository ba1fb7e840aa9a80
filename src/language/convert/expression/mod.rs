//! Expressions of other systems: GitHub's, and as much of JavaScript's as workflows use. One tree for both, and one
//! way to write it as an expression of this language; what names and functions mean is each system's own.

mod tree;
mod tokens;
mod parse;
mod write;

#[cfg(test)]
mod tests;

pub(super) use parse::{Dialect, parse};
pub(super) use tree::{Binary, Expr, Part, path};
pub(super) use write::{Level, Meaning, Piece, Why, test, write};
