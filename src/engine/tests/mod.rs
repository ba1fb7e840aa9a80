//! The engine, driven by a simulated world: outcomes are canned, time jumps, nothing is real but the decisions.

mod order;
mod actions;
mod failures;
mod loops;
mod model;
mod replay;
mod retries;
mod properties;
mod world;
