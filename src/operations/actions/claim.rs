//! `wfmcp actions claim`.

use super::lease::lease_of;
use crate::drivers::driver::{self, ActionRef};
use crate::engine::status::PendingAction;
use crate::operations::error::Kind;
use crate::operations::{
    Access, ActionName, Aliases, Context, Error, Hint, Operation, Toolset, aliases, reference,
};
use crate::store::journal::ActionFilter;
use schemars::JsonSchema;
use serde::Deserialize;

/// Take a pending action, so that nobody else works on it.
///
/// It is held under a lease, which `heartbeat_action` renews.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimAction {
    /// The action, or the run it is the only action of; the oldest free action if absent.
    #[arg(value_name = "ACTION")]
    pub action: Option<ActionName>,
    /// Only an action meant for this role.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// How long to hold it; the step's own timeout if absent.
    #[arg(long, value_name = "SECONDS")]
    pub lease_seconds: Option<u64>,
}

impl Operation for ClaimAction {
    const NAME: &'static str = "claim_action";
    const COMMAND: &'static [&'static str] = &["actions", "claim"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp actions claim --role reviewer";
    const ALIASES: Aliases = aliases::ACTION;
    type Output = PendingAction;

    fn target(&self) -> Option<&str> {
        self.action.as_ref().map(ActionName::as_str)
    }

    async fn perform(self, context: &Context) -> Result<PendingAction, Error> {
        let project = context.project()?;
        let driver = project.driver()?;
        let lease = lease_of(self.lease_seconds)?;
        if let Some(name) = &self.action {
            let action = reference::action(context, project, name)?;
            return Ok(driver.lease(&action, &context.actor, lease)?);
        }
        driver.free_abandoned()?;
        let now = context.now();
        let filter = ActionFilter { role: self.role.clone(), ..ActionFilter::default() };
        let mut open = project.journal.actions(&filter)?;
        open.sort_by_key(|row| row.created_at);
        for row in open.iter().filter(|row| row.lease_until.is_none_or(|until| until <= now)) {
            let action = ActionRef { run: row.run.clone(), action: row.action.clone(), generation: None };
            match driver.lease(&action, &context.actor, lease) {
                Ok(packet) => return Ok(packet),
                // Somebody else was quicker, or it is not for this caller: the next one may be free.
                Err(
                    driver::Error::Held { .. }
                    | driver::Error::Settled { .. }
                    | driver::Error::NotPermitted(_),
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let whom = self.role.map_or(String::new(), |role| format!(" for role `{role}`"));
        Err(Error::new(Kind::NotFound, format!("nothing waits{whom} that is free"))
            .hint(Hint::call("see everything that waits, and who holds it", "list_pending_actions")))
    }
}
