//! `wfmcp actions heartbeat`.

use super::lease::lease_of;
use crate::drivers::driver::Renewal;
use crate::engine::status::PendingAction;
use crate::operations::{
    Access, ActionName, Aliases, Context, Error, Operation, Toolset, aliases, reference,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Renew the lease of an action you hold.
///
/// A note tells whoever would take it over how far you are.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeartbeatAction {
    /// The action, or the run it is the only action of.
    #[arg(value_name = "ACTION")]
    pub action: ActionName,
    /// How far you are; the next holder reads it.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// How long to hold it from now; as before if absent.
    #[arg(long, value_name = "SECONDS")]
    pub lease_seconds: Option<u64>,
}

impl Operation for HeartbeatAction {
    const NAME: &'static str = "heartbeat_action";
    const COMMAND: &'static [&'static str] = &["actions", "heartbeat"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp actions heartbeat k7f3-1 --note 'two of five files done'";
    const ALIASES: Aliases = aliases::ACTION;
    type Output = PendingAction;

    fn target(&self) -> Option<&str> {
        Some(self.action.as_str())
    }

    async fn perform(self, context: &Context) -> Result<PendingAction, Error> {
        let project = context.project()?;
        let action = reference::action(context, project, &self.action)?;
        let renewal = Renewal { lease: lease_of(self.lease_seconds)?, note: self.note };
        Ok(project.driver()?.renew(&action, &context.actor, renewal)?)
    }
}
