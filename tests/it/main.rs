//! The integration tests: one binary, so that everything links once. `architecture` reads the sources, the others
//! drive the built program through `harness`.

#![allow(
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "a test stands outside the program: it owns its files, its children and its failures"
)]

mod architecture;
mod cli;
mod convert;
mod crash;
mod crowd;
mod doctor;
mod entities;
mod effects;
mod examples;
mod generated;
mod harness;
mod journals;
mod language;
mod mcp;
mod model;
mod moving;
mod patterns;
mod projects;
mod pruning;
mod quoting;
mod readme;
mod trials;
mod records;
mod schedule;
mod rehearsal;
mod trouble;
