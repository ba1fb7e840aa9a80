//! `wfmcp status RUN`.

use super::carrying::{tend, wait_for};
use crate::engine::status::RunReport;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;

/// Show the state of a run, what it waits for and what comes next.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetWorkflowStatus {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// How many seconds to wait until it needs somebody or ends; none when absent.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for GetWorkflowStatus {
    const NAME: &'static str = "get_workflow_status";
    const COMMAND: &'static [&'static str] = &["status"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp status @last --wait 30s";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunReport;

    fn is_quick(&self) -> bool {
        self.wait_seconds.is_none_or(|seconds| seconds == 0)
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let wait = context.wait(Some(self.wait_seconds.unwrap_or(0)));
        if wait.is_zero() {
            return Ok(driver.describe(&run)?);
        }
        context.follow(&run);
        tend(context)?;
        wait_for(driver.as_ref(), &run, wait, || tend(context))
    }
}
