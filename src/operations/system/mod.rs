//! This installation: whether it is well, and how it is configured.

pub mod stamp;
mod audit;
mod config;
mod health;

pub use audit::{AuditEntry, ListAudit};
pub use config::{ConfigPaths, ConfigSet, ConfigView, GetConfigPaths, SetConfig, ShowConfig};
pub use health::{GetSystemHealth, Health, HealthStatus};
