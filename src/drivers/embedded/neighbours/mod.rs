//! What runs have to do with one another: children and their parents, those that share a limit, and what one takes over from another.

mod children;
mod turns;
mod cache;
mod branch;

pub(super) use turns::going;
