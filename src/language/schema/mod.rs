//! JSON Schemas: what is wrong with one, whether a value obeys one, a value that does; and the schemas that
//! editors complete documents from.

mod problems;
mod violations;
mod work;
mod example;
mod editor;
mod brief;
pub mod words;

#[cfg(test)]
mod tests;

pub use brief::brief;
pub use editor::{EditorSchema, editor_schema};
pub use example::example;
pub use problems::{Problem, compile_error, problems};
pub use violations::{Compiled, Violation, check};
pub use work::{Costs, Excess};
