//! `wfmcp prompts report`.

use super::rendering::{self, choose};
use crate::operations::documents;
use crate::operations::{Access, Aliases, Context, Error, Operation, PromptName, Toolset, aliases};
use crate::store::usage::{self, OutcomeReport, Wording};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest note that is kept.
const NOTE_CHARACTERS_MAX: usize = 2_000;

/// Report what came of a prompt, so that its variants can be compared.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPromptOutcome {
    /// Its name, or the path of a YAML file.
    #[arg(value_name = "NAME")]
    pub prompt: PromptName,
    /// Whether what came of it was of use.
    #[arg(value_enum, value_name = "OUTCOME")]
    pub outcome: PromptOutcome,
    /// The variant that was used; that of `key` if absent.
    #[serde(default)]
    #[arg(long, value_name = "VARIANT", conflicts_with = "key")]
    pub variant: Option<String>,
    /// Whose choice among the variants it was; the caller's name if absent.
    #[serde(default)]
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Why, for whoever compares them.
    #[serde(default)]
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromptOutcome {
    Good,
    Bad,
}

/// What was counted of the wording by now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedOutcome {
    pub name: String,
    pub version: Option<String>,
    pub variant: Option<String>,
    pub used: u64,
    pub good: u64,
    pub bad: u64,
}

impl Operation for ReportPromptOutcome {
    const NAME: &'static str = "report_prompt_outcome";
    const COMMAND: &'static [&'static str] = &["prompts", "report"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts report code_review good --note 'found the race'";
    const ALIASES: Aliases = aliases::PROMPT;
    type Output = ReportedOutcome;

    fn target(&self) -> Option<&str> {
        Some(self.prompt.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ReportedOutcome, Error> {
        if let Some(length) = self.note.as_ref().map(|note| note.chars().count())
            && length > NOTE_CHARACTERS_MAX
        {
            return Err(Error::input(format!(
                "the note has {length} characters, {NOTE_CHARACTERS_MAX} are kept"
            ))
            .hint("say it shorter, or leave it out"));
        }
        if self.variant.is_some() && self.key.is_some() {
            return Err(Error::input("`variant` and `key` exclude each other").hint("give one of them"));
        }
        let prompt = documents::prompt(context, &self.prompt)?.prompt;
        let variant = match &self.variant {
            Some(name) => Some(rendering::variant(&prompt, name)?),
            None => choose(&prompt, self.key.as_deref().unwrap_or(&context.actor.name)),
        };
        let wording = Wording {
            variant: variant.map(|variant| variant.name.clone()),
            prompt: prompt.name,
            version: prompt.version,
        };
        let usage = &context.project()?.usage;
        usage.count_outcome(&OutcomeReport {
            wording: wording.clone(),
            outcome: match self.outcome {
                PromptOutcome::Good => usage::Outcome::Good,
                PromptOutcome::Bad => usage::Outcome::Bad,
            },
            note: self.note.map(|note| context.world().redact(&note)),
            by: context.actor.name.clone(),
            at: context.now(),
        })?;
        let counts = usage.counts(&wording.prompt)?.into_iter().find(|row| row.wording == wording);
        let (used, good, bad) = counts.map_or((0, 0, 0), |row| (row.used, row.good, row.bad));
        let Wording { prompt: name, version, variant } = wording;
        Ok(ReportedOutcome { name, version, variant, used, good, bad })
    }
}
