//! GitHub Actions: jobs become groups, steps become scripts or, where an action did the work, steps by hand.

mod workflow;
mod triggers;
mod context;
mod meaning;
mod names;
mod text;
mod conditions;
mod jobs;
mod matrix;
mod steps;
mod surroundings;
mod scripts;
mod outputs;
mod actions;

pub(super) use workflow::convert;
