//! `wfmcp prompts list`.

use super::rendering::asked_for;
use crate::operations::documents::{Document, candidates, prompt_text};
use crate::operations::page::{Page, Place};
use crate::operations::workflows::InputSummary;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::store::catalog::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List the prompts that can be used by name.
///
/// Those that come with wfmcp, those of the catalogue, and those in the project's folders.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListPrompts {
    /// Only those with this tag.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Only those of this category.
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromptSummary {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub tags: Vec<String>,
    /// What its users give.
    pub arguments: Vec<InputSummary>,
    /// The names of the texts that are compared.
    pub variants: Vec<String>,
    /// `built-in`, `catalogue`, or the path of its file.
    pub origin: String,
    /// Why it can't be used, where it can't.
    pub problem: Option<String>,
}

impl Operation for ListPrompts {
    const NAME: &'static str = "list_prompts";
    const COMMAND: &'static [&'static str] = &["prompts", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Prompts;
    const EXAMPLE: &'static str = "wfmcp prompts list --tag review";
    type Output = Page<PromptSummary>;

    async fn perform(self, context: &Context) -> Result<Page<PromptSummary>, Error> {
        let place =
            Place::read(Self::NAME, &(&self.tag, &self.category), self.limit, self.cursor.as_deref())?;
        let known = candidates(context, "prompt", Listing::Current)?;
        let all = known.into_iter().map(|(name, document)| summary(context, name, &document));
        let wanted = all.filter(|prompt| self.wants(prompt)).collect();
        Ok(place.of(wanted, |prompt: &PromptSummary| prompt.name.clone()))
    }
}

impl ListPrompts {
    fn wants(&self, prompt: &PromptSummary) -> bool {
        let is_same = |wanted: &String, said: &str| wanted.eq_ignore_ascii_case(said);
        let tagged =
            self.tag.as_ref().is_none_or(|wanted| prompt.tags.iter().any(|tag| is_same(wanted, tag)));
        let category = prompt.category.as_deref().unwrap_or_default();
        tagged && self.category.as_ref().is_none_or(|wanted| is_same(wanted, category))
    }
}

fn summary(context: &Context, name: String, document: &Document) -> PromptSummary {
    let origin = document.place(context);
    match prompt_text(context, &document.shown(context), &document.text) {
        Ok((prompt, _)) => PromptSummary {
            name,
            version: prompt.version,
            description: prompt.description,
            category: prompt.category,
            tags: prompt.tags,
            arguments: asked_for(prompt.arguments),
            variants: prompt.text.variants.into_iter().map(|variant| variant.name).collect(),
            origin,
            problem: None,
        },
        Err(error) => PromptSummary {
            name,
            version: None,
            description: None,
            category: None,
            tags: Vec::new(),
            arguments: Vec::new(),
            variants: Vec::new(),
            origin,
            problem: Some(error.message),
        },
    }
}
