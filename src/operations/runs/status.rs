//! `wfmcp status RUN`.

use super::carrying::{tend, wait_for};
use crate::engine::status::{ActionType, PendingAction, RunReport, Status};
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use crate::platform::clock::{Clock, System};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// How often a run that waits for people is looked at: what its children wait for is not told of.
const GLANCE: Duration = Duration::from_secs(2);

/// Show the state of a run, what it waits for and what comes next.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetWorkflowStatus {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// Seconds to wait until it needs somebody or ends; none if absent.
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
        let end = System.monotonic().saturating_add(wait);
        loop {
            let seen = driver.wait_change(&run, 0, Duration::ZERO)?;
            let left = end.saturating_sub(System.monotonic());
            let report = wait_for(driver.as_ref(), &run, left, || tend(context))?;
            let left = end.saturating_sub(System.monotonic());
            // An agent that waits for people has nothing to do meanwhile, unless it is its client that asks them.
            let has_nothing_to_do = context.actor.face.is_agents() && !context.asks_people();
            if left.is_zero() || !has_nothing_to_do || !is_for_people(&report) {
                return Ok(report);
            }
            driver.wait_change(&run, seen, left.min(GLANCE))?;
        }
    }
}

/// Whether nothing but decisions of people is wanted.
fn is_for_people(report: &RunReport) -> bool {
    let decides =
        |action: &PendingAction| matches!(action.action_type, ActionType::Approval | ActionType::Review);
    report.status == Status::PendingAction && report.actions.iter().all(decides)
}
