//! A document before it is text: what a step and a workflow may say in their usual order, and the comments beside it.

mod tree;
mod write;
mod step;
mod workflow;
mod settle;

pub(super) use settle::finished;
pub(super) use step::{Action, Step};
pub(super) use tree::{Entry, Tree, flow, from_json, from_node};
pub(super) use workflow::Workflow;
