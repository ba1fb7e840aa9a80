//! `wfmcp events send`.

use super::awaited::waiting_runs;
use super::name::event_name;
use crate::drivers::driver::{self, Reach, Signal};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, aliases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Send an event to every run that waits for it.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendEvent {
    /// The event's name.
    #[arg(value_name = "EVENT")]
    pub event: String,
    /// What comes with it: the result of the steps that wait.
    #[serde(default)]
    #[arg(skip)]
    pub payload: Value,
    /// Only to runs of this workflow.
    #[arg(long, value_name = "NAME")]
    pub workflow: Option<String>,
}

/// Which runs an event came to.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct EventSent {
    pub event: String,
    /// The runs that waited for it and go on.
    pub runs: Vec<String>,
}

impl Operation for SendEvent {
    const NAME: &'static str = "send_event";
    const COMMAND: &'static [&'static str] = &["events", "send"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp events send deployed --payload '{\"version\": \"1.2.0\"}'";
    const ALIASES: Aliases = aliases::EVENT;
    type Output = EventSent;

    fn target(&self) -> Option<&str> {
        Some(&self.event)
    }

    async fn perform(self, context: &Context) -> Result<EventSent, Error> {
        let name = event_name(&self.event)?;
        let project = context.project()?;
        let driver = project.driver()?;
        let mut sent = EventSent { event: name.to_owned(), runs: Vec::new() };
        for (run, awaited) in waiting_runs(context, self.workflow.as_deref())? {
            if awaited.iter().all(|wait| wait.event != name) {
                continue;
            }
            let signal =
                Signal::Event { name: name.to_owned(), payload: self.payload.clone(), reach: Reach::Waiting };
            match driver.signal(&run, signal, &context.actor) {
                Ok(true) => sent.runs.push(run.to_string()),
                // It ended or was moved meanwhile, or its time was over.
                Ok(false) | Err(driver::Error::Ended { .. } | driver::Error::Moved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        crate::operations::runs::tend(context)?;
        Ok(sent)
    }
}
