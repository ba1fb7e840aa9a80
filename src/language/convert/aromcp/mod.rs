//! AroMCP: steps of many types over a state, whose computed fields and conditions are JavaScript.

mod workflow;
mod meaning;
mod methods;
mod text;
mod steps;
mod doing;
mod asking;
mod control;
mod tasks;

pub(super) use workflow::{KINDS, convert};
