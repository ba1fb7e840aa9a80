//! What a text comes to before everything in it is known: what is known is rendered as it really will be, by the same
//! environment; an expression that needs what only a run can know stands for itself, as `‹steps.notes.result›`.

mod sight;
mod cuts;

pub use sight::{Foreseen, Foresight, placeholder};

#[cfg(test)]
mod tests;
