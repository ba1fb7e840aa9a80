//! What goes in and comes out: names, inputs, pages, times, and the shapes that several operations answer with.

pub mod reference;
pub mod inputs;
pub mod given;
pub mod page;
pub mod piece;
pub mod report;
pub mod time;
pub mod yaml;

#[cfg(test)]
mod tests;
