//! `wfmcp deployments list`.

use super::summary::{Deployment, DeploymentStatus};
use crate::operations::page::{Page, Place};
use crate::operations::time::moment;
use crate::operations::{Access, Context, Error, Operation, Toolset, millis};
use crate::records::deployment::Link;
use crate::store::deployments::DeploymentFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List the deployments of the project, newest first.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueryDeployments {
    /// Only those to this environment.
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Only those that came to this.
    #[arg(long, value_enum)]
    pub status: Option<DeploymentStatus>,
    /// Only those of this pull request.
    #[arg(long, value_name = "REFERENCE")]
    pub pull_request: Option<String>,
    /// Only those of commits that begin so.
    #[arg(long, value_name = "COMMIT")]
    pub commit: Option<String>,
    /// Only those about this entity: `TYPE/NAME`.
    #[arg(long, value_name = "TYPE/NAME", conflicts_with = "work_item")]
    pub entity: Option<String>,
    /// Only those about this work item.
    #[arg(long, value_name = "ID")]
    pub work_item: Option<String>,
    /// Only those since: a time, or how long ago (`2h`, `7d`).
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only those until then.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

impl Operation for QueryDeployments {
    const NAME: &'static str = "query_deployments";
    const COMMAND: &'static [&'static str] = &["deployments", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Deployments;
    const EXAMPLE: &'static str = "wfmcp deployments list --environment production --since 7d";
    type Output = Page<Deployment>;

    async fn perform(self, context: &Context) -> Result<Page<Deployment>, Error> {
        let (limit, cursor) = (self.limit, self.cursor.clone());
        let asked = Self { limit: None, cursor: None, ..self.clone() };
        let place = Place::read(Self::NAME, &asked, limit, cursor.as_deref())?;
        let link = match (&self.entity, &self.work_item) {
            (Some(_), Some(_)) => {
                return Err(Error::input("`entity` and `work_item` exclude each other"));
            }
            (Some(text), None) => Some(Link::entity(text).ok_or_else(|| {
                Error::input(format!("`{text}` is no entity")).hint("write its type and its name: TYPE/NAME")
            })?),
            (None, item) => item.clone().map(Link::WorkItem),
        };
        let at = |text: &Option<String>| text.as_deref().map(|text| moment(context.now(), text)).transpose();
        let filter = DeploymentFilter {
            since: at(&self.since)?,
            until: at(&self.until)?,
            after: place.after.as_deref().and_then(|key| {
                let (at, id) = key.split_once('/')?;
                Some((millis(at)?, id.to_owned()))
            }),
            limit: Some(place.limit + 1),
            link,
            id: None,
            environment: self.environment,
            status: self.status.map(|status| status.name().to_owned()),
            pull_request: self.pull_request,
            commit: self.commit,
        };
        let rows = context.project()?.deployments.deployments(&filter)?;
        let key = |one: &Deployment| format!("{}/{}", one.deployed_at, one.deployment_id);
        Ok(place.cut(rows.into_iter().map(Deployment::from).collect(), key))
    }
}
