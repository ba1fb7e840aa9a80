//! wfmcp: durable workflows that machines, AI agents and people carry out together.
//!
//! ```text
//! faces        how it is reached           cli
//! operations   what wfmcp can do           each use case once
//! drivers      who carries a run forward   embedded: journal + engine + effects
//! effects      what a step does to the world
//! store        what is remembered          all SQL
//! engine       how a run advances          pure: events in, decisions out
//! records      what work is about          pure: the rules of entities, work items, deployments
//! language     what an author writes       pure: text in, a plan or diagnostics out
//! config, telemetry, platform              the outside world
//! ```
//!
//! An arrow never points up; `tests/it/architecture.rs` is the wall.

pub mod language;
pub mod engine;
pub mod records;
pub mod store;
pub mod effects;
pub mod drivers;
pub mod config;
pub mod telemetry;
pub mod platform;
pub mod operations;
pub mod faces;
pub mod assembly;
