//! `wfmcp patterns show`.

use crate::operations::documents;
use crate::operations::workflows::{InputSummary, StepSummary};
use crate::operations::{Access, Aliases, Context, Error, Operation, PatternName, Toolset, aliases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Show one pattern: what it is for, what it requires, and its steps.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPattern {
    /// Its name, or a path of a YAML file.
    #[arg(value_name = "PATTERN")]
    pub pattern: PatternName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatternDetail {
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
    /// What must hold before.
    pub requires: Vec<String>,
    pub parameters: Vec<InputSummary>,
    pub steps: Vec<StepSummary>,
    /// Whether success changes the entity.
    pub writes_back: bool,
    /// The document as it was written.
    pub text: String,
}

impl Operation for GetPattern {
    const NAME: &'static str = "get_pattern";
    const COMMAND: &'static [&'static str] = &["patterns", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Applications;
    const EXAMPLE: &'static str = "wfmcp patterns show infrastructure-enforcement";
    const ALIASES: Aliases = aliases::PATTERN;
    type Output = PatternDetail;

    async fn perform(self, context: &Context) -> Result<PatternDetail, Error> {
        let documents::Planned { document, plan, .. } = documents::pattern(context, &self.pattern)?;
        let pattern = plan.pattern.unwrap_or_default();
        Ok(PatternDetail {
            origin: document.place(context),
            name: plan.name,
            version: plan.version,
            description: plan.description,
            entity_type: pattern.entity_type,
            condition: pattern.condition,
            requires: pattern.requires.into_keys().collect(),
            parameters: plan.inputs.into_iter().map(InputSummary::from).collect(),
            steps: plan.steps.into_iter().map(StepSummary::from).collect(),
            writes_back: pattern.writes_back,
            text: document.text,
        })
    }
}
