//! `wfmcp status RUN`.

use super::carrying::tend;
use crate::engine::status::RunReport;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// How long one look takes while the caller waits.
const GLANCE: Duration = Duration::from_secs(2);

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
        let mut left = context.wait(Some(self.wait_seconds.unwrap_or(0)));
        loop {
            if !left.is_zero() {
                context.follow(&run);
                // Who carries it may have died.
                tend(context)?;
            }
            let glance = left.min(GLANCE);
            let began_at = context.now();
            let report = driver.wait(&run, Some(glance))?;
            left -= glance;
            let rests = context.now() - began_at < i64::try_from(glance.as_millis()).unwrap_or(i64::MAX);
            if rests || left.is_zero() {
                return Ok(report);
            }
        }
    }
}
