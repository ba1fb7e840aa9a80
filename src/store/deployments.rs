//! The deployments of a project: recorded once, never changed.

use super::error::Result;
use crate::records::deployment::Link;
use serde_json::{Map, Value};

pub trait Deployments: Send + Sync {
    /// `Exists` if the id is taken, `NotFound` if a link leads to nothing.
    fn record(&self, deployment: &DeploymentRow) -> Result<()>;
    fn deployment(&self, id: &str) -> Result<DeploymentRow>;
    /// Newest first.
    fn deployments(&self, filter: &DeploymentFilter) -> Result<Vec<DeploymentRow>>;
    /// Those of the links that lead to nothing in this project.
    fn dangling(&self, links: &[Link]) -> Result<Vec<Link>>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentRow {
    pub id: String,
    pub deployed_at: i64,
    pub environment: String,
    pub pull_request: Option<String>,
    pub commit: Option<String>,
    pub status: String,
    pub metadata: Map<String, Value>,
    pub links: Vec<Link>,
    pub recorded_at: i64,
    pub recorded_by: String,
}

#[derive(Debug, Clone, Default)]
pub struct DeploymentFilter {
    pub environment: Option<String>,
    pub status: Option<String>,
    pub pull_request: Option<String>,
    /// What the commit, or the id, begins with.
    pub commit: Option<String>,
    pub id: Option<String>,
    pub link: Option<Link>,
    pub since: Option<i64>,
    pub until: Option<i64>,
    /// Only those that come after this one in the list: its time and id.
    pub after: Option<(i64, String)>,
    pub limit: Option<usize>,
}
