//! dagu: steps in a chain or a graph, variables that travel through the environment, executors as scripts.

mod fields;
mod dag;
mod head;
mod params;
mod values;
mod steps;
mod work;
mod executors;
mod children;
mod policies;

pub(super) use dag::convert;
