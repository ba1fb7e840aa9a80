//! `wfmcp runs cancel`.

use crate::drivers::driver::Signal;
use crate::engine::status::RunReport;
use crate::operations::runs::carry;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;

/// Cancel a run.
///
/// What its steps have done is undone, in reverse order, where they say how.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelWorkflow {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// Why; kept in the journal.
    #[arg(long)]
    pub reason: Option<String>,
    /// Seconds to wait until everything is undone.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for CancelWorkflow {
    const NAME: &'static str = "cancel_workflow";
    const COMMAND: &'static [&'static str] = &["runs", "cancel"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp runs cancel @last --reason 'wrong branch'";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        project.driver()?.signal(&run, Signal::Cancel { reason: self.reason }, &context.actor)?;
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}
