//! `wfmcp patterns list`.

use crate::operations::documents::{Document, candidates, pattern_text};
use crate::operations::page::{Page, Place};
use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::store::catalog::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// List the patterns: workflows that are applied to an entity.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListPatterns {
    /// Only those for entities of this type.
    #[arg(long = "for", value_name = "TYPE")]
    pub entity_type: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// `cursor` of the page before.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatternSummary {
    /// What to apply it by.
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// `catalogue`, `built-in`, or the path of its file.
    pub origin: String,
    /// What it can be applied to; any type where absent.
    pub entity_type: Option<String>,
    /// What the entity's data must contain.
    #[serde(rename = "where")]
    pub condition: Map<String, Value>,
    pub parameters: Vec<String>,
    /// What must hold before.
    pub requires: Vec<String>,
    pub steps: usize,
    /// Whether success changes the entity.
    pub writes_back: bool,
    /// Why it can't be applied, where it can't.
    pub problem: Option<String>,
}

impl Operation for ListPatterns {
    const NAME: &'static str = "list_patterns";
    const COMMAND: &'static [&'static str] = &["patterns", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Patterns;
    const EXAMPLE: &'static str = "wfmcp patterns list --for vendor";
    type Output = Page<PatternSummary>;

    async fn perform(self, context: &Context) -> Result<Page<PatternSummary>, Error> {
        let place = Place::read(Self::NAME, &self.entity_type, self.limit, self.cursor.as_deref())?;
        let known = candidates(context, "pattern", Listing::Current)?;
        let all = known.into_iter().map(|(name, document)| of_document(context, name, &document));
        let is_for = |one: &PatternSummary| match (&self.entity_type, &one.entity_type) {
            (Some(asked), Some(kind)) => asked == kind,
            _ => true,
        };
        Ok(place.of(all.filter(is_for).collect(), |one| one.name.clone()))
    }
}

fn of_document(context: &Context, name: String, document: &Document) -> PatternSummary {
    let planned = pattern_text(context, &document.shown(context), &document.text);
    let problem = planned.as_ref().err().map(|error| error.message.clone());
    let plan = planned.map(|(plan, _)| plan).unwrap_or_default();
    let pattern = plan.pattern.unwrap_or_default();
    PatternSummary {
        name,
        version: plan.version,
        description: plan.description,
        origin: document.place(context),
        entity_type: pattern.entity_type,
        condition: pattern.condition,
        parameters: plan.inputs.into_iter().map(|input| input.name).collect(),
        requires: pattern.requires.into_keys().collect(),
        steps: plan.steps.len(),
        writes_back: pattern.writes_back,
        problem,
    }
}
