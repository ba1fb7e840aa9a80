//! Runs beside runs: made from one another, and compared.

mod fork;

pub use fork::ForkRun;
