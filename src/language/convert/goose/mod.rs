//! goose: a recipe is one prompt for an agent, with its parameters, checks and further recipes.

mod recipe;
mod parameters;
mod parts;

pub(super) use recipe::convert;
