//! Asking somebody at a terminal: a decision, a value by its schema, a missing input. Leaving a dialog is always
//! possible and changes nothing.

mod terminal;
mod action;
mod schema;
mod confirm;

pub use action::answer;
pub use confirm::confirm;
pub use schema::{ask_value, missing_fields, missing_inputs};
pub use terminal::{line, line_from, select};
