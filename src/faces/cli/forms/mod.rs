//! Commands that are nicer to type than the fields of their operation. Each parses into the operation's own type.

mod form;
mod all;
pub mod values;
mod run;
mod submit;
mod status;
mod moving;
mod log;
mod validate;
mod test;
mod before;
mod ask;
mod text;
mod prompts;

pub use all::ALL;
pub use form::{Form, Settings, arguments, nothing, parsed};
