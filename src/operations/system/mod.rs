//! This installation: whether it is well, and how it is configured.

mod health;

pub use health::{GetSystemHealth, Health};
