//! This installation: whether it is well, and how it is configured.

pub mod stamp;
pub mod doctor;
mod audit;
mod config;
mod health;
pub mod metrics;

pub use audit::{AuditEntry, ListAudit};
pub use config::{ConfigPaths, ConfigSet, ConfigView, GetConfigPaths, SetConfig, ShowConfig};
pub use health::{GetSystemHealth, Health, HealthStatus};
