//! `wfmcp prompts archive`.

use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, PromptName, Toolset, aliases};
use crate::store;
use crate::store::catalog::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Archive a prompt of the catalogue.
///
/// It is no longer found by its name; a built-in prompt of the same name is again.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchivePrompt {
    /// Its name in the catalogue.
    #[arg(value_name = "NAME")]
    pub prompt: PromptName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArchivedPrompt {
    pub prompt: String,
}

impl Operation for ArchivePrompt {
    const NAME: &'static str = "archive_prompt";
    const COMMAND: &'static [&'static str] = &["prompts", "archive"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts archive review";
    const ALIASES: Aliases = aliases::PROMPT;
    type Output = ArchivedPrompt;

    fn target(&self) -> Option<&str> {
        Some(self.prompt.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ArchivedPrompt, Error> {
        let catalog = &context.project()?.catalog;
        let name = self.prompt.0;
        match catalog.archive("prompt", &name, context.now()) {
            Ok(()) => Ok(ArchivedPrompt { prompt: name }),
            Err(store::Error::NotFound { .. }) => {
                let known = catalog.list("prompt", Listing::Current)?;
                Err(Error::not_found("prompt", &name)
                    .suggest(&name, known.iter().map(|row| row.name.as_str()))
                    .hint(Hint::call("only prompts of the catalogue can be archived", "list_prompts")))
            }
            Err(error) => Err(error.into()),
        }
    }
}
