//! `wfmcp runs signal`.

use super::name::event_name;
use crate::drivers::driver::{Reach, Signal};
use crate::engine::status::RunReport;
use crate::operations::runs::carry;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Send an event to a run and carry it until it needs somebody, or ends.
///
/// A step that waits for it goes on; one that begins to wait later finds it.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// The event's name.
    #[arg(value_name = "EVENT")]
    pub event: String,
    /// What comes with it: the result of the step that waits.
    #[serde(default)]
    #[arg(skip)]
    pub payload: Value,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for SignalRun {
    const NAME: &'static str = "signal_run";
    const COMMAND: &'static [&'static str] = &["runs", "signal"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs signal @last deployed --payload '{\"version\": \"1.2.0\"}'";
    const ALIASES: Aliases = aliases::SIGNAL;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let name = event_name(&self.event)?.to_owned();
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let is_awaited = driver.awaited(&run)?.iter().any(|awaited| awaited.event == name);
        let kept = format!("nothing of {run} waits for `{name}` yet: the run keeps it");
        let signal = Signal::Event { name, payload: self.payload, reach: Reach::Kept };
        driver.signal(&run, signal, &context.actor)?;
        if !is_awaited {
            context.note(kept);
        }
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}
