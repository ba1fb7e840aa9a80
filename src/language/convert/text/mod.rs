//! Names, literal texts, and values in scripts.

mod names;
mod literal;
mod script;

pub(super) use literal::{jinja_text, literal};
pub(super) use names::{Ids, duration, id, variable};
pub(super) use script::{Hold, Hole, Script, Segment, compose, is_posix, wants_bash};
