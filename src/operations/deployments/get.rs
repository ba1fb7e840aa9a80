//! `wfmcp deployments show`.

use super::summary::Deployment;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset};
use crate::store;
use crate::store::deployments::DeploymentFilter;
use schemars::JsonSchema;
use serde::Deserialize;

/// Show one deployment.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetDeployment {
    /// Its id, or a prefix that only one has.
    #[arg(value_name = "DEPLOYMENT")]
    pub deployment: String,
}

/// How many candidates an ambiguous prefix is told with.
const SHOWN_MAX: usize = 5;

impl Operation for GetDeployment {
    const NAME: &'static str = "get_deployment";
    const COMMAND: &'static [&'static str] = &["deployments", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Deployments;
    const EXAMPLE: &'static str = "wfmcp deployments show d-7q2mzk4x";
    const ALIASES: Aliases = &[("deployment_id", "deployment"), ("id", "deployment")];
    type Output = Deployment;

    async fn perform(self, context: &Context) -> Result<Deployment, Error> {
        let store = &context.project()?.deployments;
        let not_found = match store.deployment(&self.deployment) {
            Err(store::Error::NotFound { .. }) => Error::not_found("deployment", &self.deployment)
                .hint(Hint::call("see which there are", "query_deployments")),
            other => return Ok(other?.into()),
        };
        if self.deployment.is_empty() {
            return Err(not_found);
        }
        let begins = DeploymentFilter {
            id: Some(self.deployment.clone()),
            limit: Some(SHOWN_MAX),
            ..DeploymentFilter::default()
        };
        let mut found = store.deployments(&begins)?;
        match found.len() {
            0 => Err(not_found),
            1 => Ok(found.remove(0).into()),
            _ => {
                let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
                Err(Error::input(format!("`{}` could mean {}", self.deployment, ids.join(", ")))
                    .hint("write more of the id"))
            }
        }
    }
}
