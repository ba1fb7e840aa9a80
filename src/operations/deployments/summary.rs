//! A deployment as it is told.

use crate::operations::time::rfc3339;
use crate::records::deployment::Link;
use crate::store::deployments::DeploymentRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    pub deployment_id: String,
    pub deployed_at: String,
    pub environment: String,
    pub pull_request: Option<String>,
    pub commit: Option<String>,
    pub status: String,
    pub metadata: Map<String, Value>,
    /// Each as `TYPE/NAME`.
    pub entities: Vec<String>,
    pub work_items: Vec<String>,
    pub recorded_at: String,
    pub recorded_by: String,
}

/// What came of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum DeploymentStatus {
    #[default]
    Succeeded,
    Failed,
    RolledBack,
    /// It is under way; what came of it is recorded by itself.
    Started,
}

impl DeploymentStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::RolledBack => "rolled_back",
            Self::Started => "started",
        }
    }
}

impl From<DeploymentRow> for Deployment {
    fn from(row: DeploymentRow) -> Self {
        let told = |is_entity: fn(&Link) -> bool| {
            row.links.iter().filter(|link| is_entity(link)).map(ToString::to_string).collect()
        };
        Self {
            entities: told(|link| matches!(link, Link::Entity { .. })),
            work_items: told(|link| matches!(link, Link::WorkItem(_))),
            deployment_id: row.id,
            deployed_at: rfc3339(row.deployed_at),
            environment: row.environment,
            pull_request: row.pull_request,
            commit: row.commit,
            status: row.status,
            metadata: row.metadata,
            recorded_at: rfc3339(row.recorded_at),
            recorded_by: row.recorded_by,
        }
    }
}
