//! Asking somebody at a terminal: a decision, a value by its schema, a missing input. Leaving a dialog is always
//! possible and changes nothing.

mod terminal;
mod action;
mod schema;

pub use action::answer;
pub use schema::{missing_fields, missing_inputs};
