//! `wfmcp actions show`.

use crate::engine::status::PendingAction;
use crate::operations::piece::{self, Piece};
use crate::operations::{Access, ActionName, Aliases, Context, Error, Operation, Toolset, aliases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Read what a pending action asks for, in full or on from a byte.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAction {
    /// The action, or the run it is the only action of.
    #[arg(value_name = "ACTION")]
    pub action: ActionName,
    /// Where to go on: the `from_byte` of `continues`, or the `next_byte` of the piece before.
    #[serde(default)]
    #[arg(long, value_name = "BYTE", default_value_t = 0)]
    pub from_byte: usize,
    /// At most this many bytes.
    #[serde(default)]
    #[arg(long, value_name = "BYTES")]
    pub limit_bytes: Option<usize>,
}

/// A piece of what an action asks for: its instructions, then its parameters as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionText {
    pub action_id: String,
    pub run_id: String,
    pub text: String,
    pub from_byte: usize,
    /// Where the next piece begins, if there is one.
    pub next_byte: Option<usize>,
    pub bytes_total: usize,
}

impl Operation for GetAction {
    const NAME: &'static str = "get_action";
    const COMMAND: &'static [&'static str] = &["actions", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp actions show @last";
    const ALIASES: Aliases = aliases::ACTION;
    type Output = ActionText;

    async fn perform(self, context: &Context) -> Result<ActionText, Error> {
        let mut report = super::find(context, &self.action)?;
        let action = report.actions.remove(0);
        let whole = full_text(&action);
        let Piece { text, next } = piece::of(&whole, self.from_byte, self.limit_bytes)?;
        Ok(ActionText {
            action_id: action.action_id,
            run_id: action.run_id,
            text: text.to_owned(),
            from_byte: self.from_byte,
            next_byte: next,
            bytes_total: whole.len(),
        })
    }
}

/// Everything an action asks for as one text.
pub fn full_text(action: &PendingAction) -> String {
    if action.parameters.is_empty() {
        return action.instructions.clone();
    }
    let parameters = serde_json::to_string_pretty(&action.parameters).unwrap_or_default();
    format!("{}\n\nParameters:\n{parameters}", action.instructions)
}
