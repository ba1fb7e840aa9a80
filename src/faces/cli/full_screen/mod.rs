//! A run, or everything that goes on and waits, on the whole screen and as it changes; and doing something about it
//! right there. From what is known to lines of text nothing knows a terminal: `tree`, `lists` and `sheet` are pure.
//!
//! Invariant: whatever comes from outside reaches the terminal through `text` only, and `terminal` gives it back
//! whichever way this ends.

mod text;
mod keys;
mod canvas;
mod frame;
mod tree;
mod lists;
mod sheet;
mod content;
mod reading;
mod terminal;
mod deeds;
mod pages;
mod stage;

#[cfg(test)]
mod tests;

pub use lists::Shows;
pub use stage::{Notice, Wanted, watch_lists, watch_run};
