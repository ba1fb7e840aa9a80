//! What comes from outside: wishes about a run, runs that come from another home or go there, and looks at a
//! run as it is kept.

mod decided;
mod moving;
mod examined;
mod replayed;

pub(super) use decided::{Decided, invalid_beginning, refusal};
