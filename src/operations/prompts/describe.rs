//! `wfmcp prompts show`.

use super::rendering::asked_for;
use crate::language::prompt::Prompt;
use crate::operations::documents::{self, Origin, Prompted};
use crate::operations::time::rfc3339;
use crate::operations::workflows::InputSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, PromptName, Toolset, aliases};
use crate::store::usage::{CountRow, Outcome, OutcomeReport, Wording};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many of the latest notes are shown.
const NOTES_MAX: usize = 10;

/// Show one prompt: its arguments, its text, and what came of it.
///
/// Looking at it counts as no use.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribePrompt {
    /// Its name, or the path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub prompt: PromptName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromptDetail {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub tags: Vec<String>,
    /// `built-in`, `catalogue`, or the path of its file.
    pub origin: String,
    /// How often it was written, in the catalogue.
    pub revision: Option<u64>,
    /// What its users give.
    pub arguments: Vec<InputSummary>,
    /// Each wording of this version, then those of others that were used.
    pub counts: Vec<WordingCount>,
    /// The latest, newest first.
    pub notes: Vec<Note>,
    /// The document as it was written.
    pub text: String,
}

/// How often one of its texts was used, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WordingCount {
    pub version: Option<String>,
    pub variant: Option<String>,
    /// How often it is chosen, beside the others; of the present version's variants.
    pub weight: Option<f64>,
    /// Whether it is among what callers get now.
    pub current: bool,
    pub used: u64,
    pub good: u64,
    pub bad: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    pub version: Option<String>,
    pub variant: Option<String>,
    /// good or bad.
    pub outcome: String,
    pub note: String,
    pub by: String,
    pub at: String,
}

impl Operation for DescribePrompt {
    const NAME: &'static str = "describe_prompt";
    const COMMAND: &'static [&'static str] = &["prompts", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts show code_review";
    const ALIASES: Aliases = aliases::PROMPT;
    type Output = PromptDetail;

    async fn perform(self, context: &Context) -> Result<PromptDetail, Error> {
        let Prompted { document, prompt } = documents::prompt(context, &self.prompt)?;
        let usage = &context.project()?.usage;
        let revision = match document.origin {
            Origin::Catalogue { version, .. } => Some(version),
            Origin::File(_) | Origin::BuiltIn { .. } => None,
        };
        Ok(PromptDetail {
            counts: counts(&prompt, usage.counts(&prompt.name)?),
            notes: usage.notes(&prompt.name, NOTES_MAX)?.into_iter().map(Note::from).collect(),
            name: prompt.name,
            version: prompt.version,
            description: prompt.description,
            category: prompt.category,
            tags: prompt.tags,
            origin: document.place(context),
            revision,
            arguments: asked_for(prompt.arguments),
            text: document.text,
        })
    }
}

fn counts(prompt: &Prompt, mut counted: Vec<CountRow>) -> Vec<WordingCount> {
    let variants =
        prompt.text.variants.iter().map(|variant| (Some(variant.name.clone()), Some(variant.weight)));
    let mut present: Vec<(Option<String>, Option<f64>)> = variants.collect();
    if present.is_empty() {
        present.push((None, None));
    }
    let mut counts = Vec::new();
    for (variant, weight) in present {
        let wording = Wording { prompt: prompt.name.clone(), version: prompt.version.clone(), variant };
        let at = counted.iter().position(|row| row.wording == wording);
        let row = at.map(|at| counted.remove(at));
        let (used, good, bad) = row.map_or((0, 0, 0), |row| (row.used, row.good, row.bad));
        let Wording { version, variant, .. } = wording;
        counts.push(WordingCount { version, variant, weight, current: true, used, good, bad });
    }
    counts.extend(counted.into_iter().map(|row| WordingCount {
        version: row.wording.version,
        variant: row.wording.variant,
        weight: None,
        current: false,
        used: row.used,
        good: row.good,
        bad: row.bad,
    }));
    counts
}

impl From<OutcomeReport> for Note {
    fn from(report: OutcomeReport) -> Self {
        Self {
            version: report.wording.version,
            variant: report.wording.variant,
            outcome: match report.outcome {
                Outcome::Good => "good",
                Outcome::Bad => "bad",
            }
            .to_owned(),
            note: report.note.unwrap_or_default(),
            by: report.by,
            at: rfc3339(report.at),
        }
    }
}
