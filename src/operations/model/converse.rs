//! `wfmcp ask`.

use crate::engine::event::Usage;
use crate::language::plan::{ModelSettings, PromptMessage, Question, USER};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ask a Claude model and get its answer.
///
/// Needs a key in `ANTHROPIC_API_KEY`. Nothing is remembered: a conversation goes on by giving all its `messages`.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaudeConversation {
    /// What to ask; after `messages`, where both are given.
    #[arg(value_name = "TEXT|@FILE|-")]
    pub text: Option<String>,
    /// The conversation so far, the oldest message first.
    #[arg(skip)]
    pub messages: Vec<Message>,
    /// What the model is told in advance.
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    /// The model to ask; the configured one if absent.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// The longest answer, in tokens; as configured if absent.
    #[arg(long, value_name = "COUNT")]
    pub max_tokens: Option<u32>,
    /// How freely the model words its answer, from 0 to 1; not every model takes it.
    #[arg(long, value_name = "NUMBER")]
    pub temperature: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Assistant,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conversation {
    pub text: String,
    /// Why the model stopped: `end_turn` when it was done, `max_tokens` when it had no room for more.
    pub stop_reason: String,
    /// The one that answered.
    pub model: String,
    pub usage: Usage,
}

impl Operation for ClaudeConversation {
    const NAME: &'static str = "claude_conversation";
    const COMMAND: &'static [&'static str] = &["ask"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Model;
    const EXAMPLE: &'static str = "wfmcp ask 'What is a saga, in one sentence?'";
    const ALIASES: Aliases = &[("prompt", "text"), ("message", "text"), ("system_prompt", "system")];
    type Output = Conversation;

    async fn perform(self, context: &Context) -> Result<Conversation, Error> {
        let question = self.question()?;
        let usual = context.world().config()?.model_name();
        context.aim_at(question.settings.model.as_deref().unwrap_or(usual));
        let patience = context.wait(Some(u64::MAX));
        let answer =
            context.world().ask_model(&question, &context.dir, patience, &|text| context.hear(text))?;
        if answer.stop_reason == "max_tokens" {
            context.note("the answer is not complete: the model needs a larger max_tokens".to_owned());
        }
        Ok(answer)
    }
}

impl ClaudeConversation {
    fn question(self) -> Result<Question, Error> {
        let role = |role: Role| if role == Role::User { USER } else { "assistant" };
        let earlier = self.messages.into_iter();
        let earlier =
            earlier.map(|said| PromptMessage { role: role(said.role).to_owned(), text: said.content });
        let messages: Vec<_> = earlier.chain(self.text.map(PromptMessage::of_user)).collect();
        if messages.iter().all(|message| message.text.trim().is_empty()) {
            return Err(Error::input("nothing was asked")
                .hint("give a `text`, or `messages` with a role and a content each"));
        }
        let settings = ModelSettings { model: self.model, max_tokens: self.max_tokens, system: self.system };
        Ok(Question { settings, temperature: self.temperature, messages })
    }
}
