//! Rules about names: what a template, a step or an output refers to.

pub mod unknown_name;
pub mod unknown_reference;
pub mod not_yet_run;
pub mod unknown_field;
pub mod unused_input;
pub mod unknown_tool;
