//! What runs have to do with one another: children and their parents, those that share a limit, and what one takes from another.

mod children;
mod turns;
mod cache;

pub(super) use turns::going;
