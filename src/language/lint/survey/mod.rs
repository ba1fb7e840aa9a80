//! A document as the rules look at it: its steps in their order, and every template with what it refers to.

mod order;
mod steps;
mod sites;
mod collect;
mod shape;

pub(super) use shape::{Misstep, Shape};
pub(super) use sites::{Moment, Site, Usage};
pub(super) use steps::{Found, Section, Survey};
