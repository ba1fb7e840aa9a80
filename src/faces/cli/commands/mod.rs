//! Commands that are no operation.

pub mod printed;
pub mod serve;
pub mod install;
pub mod background;
