//! `wfmcp actions release`.

use crate::operations::{
    Access, ActionName, Aliases, Context, Error, Operation, Toolset, aliases, reference,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Give an action back, so that somebody else can take it.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseAction {
    /// The action, or the run it is the only action of.
    #[arg(value_name = "ACTION")]
    pub action: ActionName,
    /// What the next holder should know.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Released {
    pub action_id: String,
    pub run_id: String,
}

impl Operation for ReleaseAction {
    const NAME: &'static str = "release_action";
    const COMMAND: &'static [&'static str] = &["actions", "release"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp actions release k7f3-1 --note 'needs somebody with access'";
    const ALIASES: Aliases = aliases::ACTION;
    type Output = Released;

    fn target(&self) -> Option<&str> {
        Some(self.action.as_str())
    }

    async fn perform(self, context: &Context) -> Result<Released, Error> {
        let project = context.project()?;
        let action = reference::action(context, project, &self.action)?;
        project.driver()?.release(&action, &context.actor, self.note)?;
        Ok(Released { action_id: action.action.to_string(), run_id: action.run.to_string() })
    }
}
