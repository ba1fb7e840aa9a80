//! `wfmcp runs retry`.

use crate::drivers::driver::Signal;
use crate::engine::event::Key;
use crate::engine::status::RunReport;
use crate::operations::runs::carry;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;

/// Retry the failed steps of a run.
///
/// What succeeded stays done.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// Only these of the failed steps; all of them when none is named.
    #[serde(default)]
    #[arg(long = "step", value_name = "STEP")]
    pub steps: Vec<String>,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for RetryRun {
    const NAME: &'static str = "retry_run";
    const COMMAND: &'static [&'static str] = &["runs", "retry"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs retry @last --step publish";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let steps = self.steps.iter().map(Key::new).collect();
        project.driver()?.signal(&run, Signal::Retry { steps }, &context.actor)?;
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}
