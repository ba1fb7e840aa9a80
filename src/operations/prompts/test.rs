//! `wfmcp prompts test`.

use super::rendering::{self, Message, choose, fill, render};
use crate::language::plan::PromptVariant;
use crate::operations::documents;
use crate::operations::{Access, Aliases, Context, Error, Operation, PromptName, Toolset, aliases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Try a prompt out: fill in its arguments without counting a use.
///
/// Everything that is wrong with the document or the arguments is told.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestPrompt {
    /// Its name, or the path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub prompt: PromptName,
    /// Values of its arguments.
    #[serde(default)]
    #[arg(skip)]
    pub arguments: Map<String, Value>,
    /// The variant to try; the caller's own if absent.
    #[serde(default)]
    #[arg(long, value_name = "VARIANT", conflicts_with = "all_variants")]
    pub variant: Option<String>,
    /// Try every variant.
    #[serde(default)]
    #[arg(long)]
    pub all_variants: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestedPrompt {
    pub name: String,
    pub version: Option<String>,
    /// One, or one for each variant.
    pub renderings: Vec<Rendering>,
}

/// What one variant comes to, or all there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rendering {
    pub variant: Option<String>,
    pub messages: Vec<Message>,
}

impl Operation for TestPrompt {
    const NAME: &'static str = "test_prompt";
    const COMMAND: &'static [&'static str] = &["prompts", "test"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts test explain_code --arg code=@main.rs --all-variants";
    const ALIASES: Aliases = aliases::PROMPT;
    type Output = TestedPrompt;

    async fn perform(self, context: &Context) -> Result<TestedPrompt, Error> {
        let prompt = documents::prompt(context, &self.prompt)?.prompt;
        let arguments = fill(context, &prompt, &self.arguments)?;
        let variants: Vec<Option<&PromptVariant>> = match &self.variant {
            Some(name) => vec![Some(rendering::variant(&prompt, name)?)],
            None if self.all_variants && !prompt.text.variants.is_empty() => {
                prompt.text.variants.iter().map(Some).collect()
            }
            None => vec![choose(&prompt, &context.actor.name)],
        };
        let rendering = |variant: Option<&PromptVariant>| {
            let messages = render(&prompt, variant, arguments.clone())?;
            Ok(Rendering { variant: variant.map(|variant| variant.name.clone()), messages })
        };
        let renderings = variants.into_iter().map(rendering).collect::<Result<_, Error>>()?;
        Ok(TestedPrompt { name: prompt.name.clone(), version: prompt.version.clone(), renderings })
    }
}
