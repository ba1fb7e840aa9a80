//! `wfmcp files echo`.

use crate::operations::{Access, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Give a text back, to see that calls arrive.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// The text that is given back.
    #[arg(value_name = "TEXT")]
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Echoed {
    pub text: String,
}

impl Operation for Echo {
    const NAME: &'static str = "echo";
    const COMMAND: &'static [&'static str] = &["files", "echo"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: crate::operations::Aliases = &[("message", "text"), ("content", "text")];
    const EXAMPLE: &'static str = "wfmcp files echo hello";
    type Output = Echoed;

    fn is_quick(&self) -> bool {
        true
    }

    async fn perform(self, _: &Context) -> Result<Echoed, Error> {
        Ok(Echoed { text: self.text })
    }
}
