//! The deployments of a project: what was brought where, from which change, and what came of it.

mod summary;
mod record;
mod query;
mod get;

pub use get::GetDeployment;
pub use query::QueryDeployments;
pub use record::RecordDeployment;
pub use summary::{Deployment, DeploymentStatus};
