//! What runs have to do with one another: children and their parents, and those that share a limit.

mod children;
mod turns;

pub(super) use turns::going;
