//! What comes from outside: wishes about a run, and runs that come from another home or go there.

mod decided;
mod moving;
mod examined;

pub(super) use decided::{Decided, invalid_beginning};
