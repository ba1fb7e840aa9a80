//! `wfmcp runs pause` and `wfmcp runs resume`.

use crate::drivers::driver::Signal;
use crate::engine::status::RunReport;
use crate::operations::runs::carry;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;

/// Pause a run.
///
/// No new step starts until it is resumed.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
}

impl Operation for PauseRun {
    const NAME: &'static str = "pause_run";
    const COMMAND: &'static [&'static str] = &["runs", "pause"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs pause r-7q2mzk";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        driver.signal(&run, Signal::Pause, &context.actor)?;
        Ok(driver.describe(&run)?)
    }
}

/// Resume a paused run and carry it until it needs somebody, or ends.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for ResumeRun {
    const NAME: &'static str = "resume_run";
    const COMMAND: &'static [&'static str] = &["runs", "resume"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs resume r-7q2mzk";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        project.driver()?.signal(&run, Signal::Resume, &context.actor)?;
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}
