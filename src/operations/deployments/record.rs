//! `wfmcp deployments record`.

use super::summary::{Deployment, DeploymentStatus};
use crate::operations::time::moment;
use crate::operations::{Access, Aliases, Context, Detail, Error, Hint, Kind, Operation, Toolset};
use crate::records::deployment::{Draft, Fault, Link, check};
use crate::store;
use crate::store::deployments::DeploymentRow;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Record a deployment: what was brought where, and what came of it.
///
/// The same `id` twice is one deployment.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDeployment {
    /// Where it went, such as `production`.
    #[arg(value_name = "ENVIRONMENT")]
    pub environment: String,
    /// What came of it.
    #[serde(default)]
    #[arg(long, value_enum, default_value_t)]
    pub status: DeploymentStatus,
    /// The commit that was deployed.
    #[serde(default)]
    #[arg(long, value_name = "COMMIT")]
    pub commit: Option<String>,
    /// The pull request it came from: a number or an address.
    #[serde(default)]
    #[arg(long, value_name = "REFERENCE")]
    pub pull_request: Option<String>,
    /// When: a time, or how long ago (`2h`); now if absent.
    #[serde(default)]
    #[arg(long, value_name = "TIME")]
    pub deployed_at: Option<String>,
    /// Anything you want to keep with it.
    #[serde(default)]
    #[arg(skip)]
    pub metadata: Map<String, Value>,
    /// Entities it is about, each as `TYPE/NAME`.
    #[serde(default)]
    #[arg(long = "entity", value_name = "TYPE/NAME")]
    pub entities: Vec<String>,
    /// Work items it is about, by their ids.
    #[serde(default)]
    #[arg(long = "work-item", value_name = "ID")]
    pub work_items: Vec<String>,
    /// An id of yours, so that it is recorded once only.
    #[serde(default)]
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
}

impl Operation for RecordDeployment {
    const NAME: &'static str = "record_deployment";
    const COMMAND: &'static [&'static str] = &["deployments", "record"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Deployments;
    const EXAMPLE: &'static str =
        "wfmcp deployments record production --commit 0a1b2c3 --pull-request 7 --set by=pipeline";
    const ALIASES: Aliases = &[
        ("deployment_id", "id"),
        ("pr", "pull_request"),
        ("pr_number", "pull_request"),
        ("commit_sha", "commit"),
    ];
    type Output = Deployment;

    fn target(&self) -> Option<&str> {
        self.id.as_deref()
    }

    async fn perform(self, context: &Context) -> Result<Deployment, Error> {
        let now = context.now();
        let deployed_at = self.deployed_at.as_deref().map_or(Ok(now), |text| moment(now, text))?;
        let is_own = self.id.is_some();
        let id = self.id.unwrap_or_else(|| format!("d-{}", context.world().draw_name()));
        context.aim_at(&id);
        let links = check(&Draft {
            id: &id,
            environment: &self.environment,
            pull_request: self.pull_request.as_deref(),
            commit: self.commit.as_deref(),
            metadata_bytes: Value::Object(self.metadata.clone()).to_string().len(),
            entities: &self.entities,
            work_items: &self.work_items,
        })
        .map_err(|faults| refused(faults.into_iter().map(detail).collect()))?;
        let store = &context.project()?.deployments;
        let dangling = store.dangling(&links)?;
        if !dangling.is_empty() {
            return Err(refused(dangling.iter().map(leads_nowhere).collect()));
        }
        let row = DeploymentRow {
            id,
            deployed_at,
            environment: self.environment,
            pull_request: self.pull_request,
            commit: self.commit,
            status: self.status.name().to_owned(),
            metadata: self.metadata,
            links,
            recorded_at: now,
            recorded_by: context.actor.name.clone(),
        };
        match store.record(&row) {
            Err(store::Error::Exists { .. }) if is_own => {
                let kept = store.deployment(&row.id)?;
                let at_another_time = self.deployed_at.is_some() && kept.deployed_at != row.deployed_at;
                let same = DeploymentRow {
                    deployed_at: kept.deployed_at,
                    recorded_at: kept.recorded_at,
                    recorded_by: kept.recorded_by.clone(),
                    ..row
                };
                if at_another_time || same != kept {
                    return Err(Error::new(
                        Kind::Conflict,
                        format!("deployment `{}` is recorded already, and otherwise", kept.id),
                    )
                    .hint(
                        Hint::call("see what is recorded", "get_deployment").with("deployment", &kept.id),
                    ));
                }
                Ok(kept.into())
            }
            other => other.map(|()| row.into()).map_err(Error::from),
        }
    }
}

fn refused(details: Vec<Detail>) -> Error {
    let message = match details.as_slice() {
        [one] => format!("the deployment can't be recorded so: {one}"),
        many => format!("the deployment can't be recorded so: {} things are wrong", many.len()),
    };
    Error { details, ..Error::input(message) }
}

fn detail(fault: Fault) -> Detail {
    Detail { pointer: fault.pointer, expected: fault.expected, got: fault.got }
}

fn leads_nowhere(link: &Link) -> Detail {
    let (pointer, expected) = match link {
        Link::Entity { .. } => ("/entities", "an entity of this project"),
        Link::WorkItem(_) => ("/work_items", "a work item of this project"),
    };
    Detail {
        pointer: pointer.to_owned(),
        expected: expected.to_owned(),
        got: format!("`{link}`, which there is not"),
    }
}
