//! `wfmcp prompts create`.

use crate::operations::documents::{Finding, prompt_text};
use crate::operations::yaml::to_yaml;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Keep a prompt in the catalogue, under its name.
///
/// It goes over a built-in prompt of the same name. Writing it again makes a new revision.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePrompt {
    /// The whole document of `kind: prompt`: YAML text, or an object.
    #[arg(skip)]
    pub definition: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CreatedPrompt {
    pub prompt: String,
    /// How often it was written.
    pub revision: u64,
    /// What could be better.
    pub warnings: Vec<Finding>,
    /// The document as it is kept.
    pub text: String,
    pub next: String,
}

impl Operation for CreatePrompt {
    const NAME: &'static str = "create_prompt";
    const COMMAND: &'static [&'static str] = &["prompts", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts create review.yaml";
    const ALIASES: Aliases = &[
        ("yaml", "definition"),
        ("text", "definition"),
        ("content", "definition"),
        ("prompt", "definition"),
        ("document", "definition"),
    ];
    type Output = CreatedPrompt;

    async fn perform(self, context: &Context) -> Result<CreatedPrompt, Error> {
        let text = match self.definition {
            Value::String(text) => text,
            Value::Object(mut document) => {
                document.entry("kind").or_insert_with(|| "prompt".into());
                to_yaml(&Value::Object(document))
            }
            _ => return Err(Error::input("`definition` is neither a text nor an object")),
        };
        let (prompt, warnings) = prompt_text(context, "definition", &text)?;
        context.aim_at(&prompt.name);
        let row = context.project()?.catalog.put("prompt", &prompt.name, &text, context.now())?;
        Ok(CreatedPrompt {
            next: format!("wfmcp prompts show {}", prompt.name),
            prompt: prompt.name,
            revision: row.version,
            warnings,
            text,
        })
    }
}
