//! `wfmcp prompts get`, and what a host gets as the protocol's own prompt.

use super::rendering::{Message, choose, fill, render};
use crate::operations::documents;
use crate::operations::{Access, Aliases, Context, Error, Operation, PromptName, Toolset, aliases};
use crate::store::usage::Wording;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Get a prompt with its arguments filled in, ready to be sent.
///
/// Of a prompt with variants each caller gets one, always the same. That it was used is counted.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPrompt {
    /// Its name, or the path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub prompt: PromptName,
    /// Values of its arguments.
    #[serde(default)]
    #[arg(skip)]
    pub arguments: Map<String, Value>,
    /// Whose choice among the variants it is; the caller's name if absent.
    #[serde(default)]
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromptAnswer {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// Which of the texts that are compared it is.
    pub variant: Option<String>,
    pub messages: Vec<Message>,
}

impl Operation for GetPrompt {
    const NAME: &'static str = "get_prompt";
    const COMMAND: &'static [&'static str] = &["prompts", "get"];
    // What is counted is bookkeeping, like a log: a server that only reads gives prompts, too, and counts nothing.
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts get code_review --arg code=@main.rs --arg focus=security";
    const ALIASES: Aliases = aliases::PROMPT;
    type Output = PromptAnswer;

    async fn perform(self, context: &Context) -> Result<PromptAnswer, Error> {
        let prompt = documents::prompt(context, &self.prompt)?.prompt;
        let arguments = fill(context, &prompt, &self.arguments)?;
        let variant = choose(&prompt, self.key.as_deref().unwrap_or(&context.actor.name));
        let messages = render(&prompt, variant, arguments)?;
        let variant = variant.map(|variant| variant.name.clone());
        let answer = PromptAnswer {
            name: prompt.name,
            version: prompt.version,
            description: prompt.description,
            variant,
            messages,
        };
        if context.may_act() {
            count(context, &answer);
        }
        Ok(answer)
    }
}

/// Whoever asked has what they asked for, counted or not.
fn count(context: &Context, answer: &PromptAnswer) {
    let wording = Wording {
        prompt: answer.name.clone(),
        version: answer.version.clone(),
        variant: answer.variant.clone(),
    };
    let counted =
        context.project().and_then(|project| Ok(project.usage.count_use(&wording, context.now())?));
    if let Err(error) = counted {
        tracing::warn!(%error, prompt = answer.name, "this use is not counted");
    }
}
