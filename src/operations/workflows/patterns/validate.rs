//! `wfmcp patterns check`.

use super::target::TargetView;
use super::verdict::{Issue, Requirement, Wish, judge};
use crate::operations::{Access, Aliases, Context, Error, Operation, PatternName, Toolset, aliases};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Say whether a pattern can be applied to an entity, and if not, why.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidatePatternApplication {
    /// Its name, or a path of a YAML file.
    #[arg(value_name = "PATTERN")]
    pub pattern: PatternName,
    /// An entity: TYPE/NAME, an id, or a name.
    #[arg(value_name = "ENTITY")]
    pub target: String,
    /// Values of its parameters.
    #[serde(default)]
    #[arg(skip)]
    pub parameters: Map<String, Value>,
    /// The folder its scripts start in.
    #[serde(default)]
    #[arg(long = "in", value_name = "FOLDER")]
    pub dir: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Applicability {
    pub pattern: String,
    pub target: TargetView,
    pub applicable: bool,
    /// With every default filled in.
    pub parameters: Map<String, Value>,
    pub requirements: Vec<Requirement>,
    /// Everything that is in the way.
    pub issues: Vec<Issue>,
}

impl Operation for ValidatePatternApplication {
    const NAME: &'static str = "validate_pattern_application";
    const COMMAND: &'static [&'static str] = &["patterns", "check"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Patterns;
    const EXAMPLE: &'static str =
        "wfmcp patterns check infrastructure-enforcement acme --param severity=high";
    const ALIASES: Aliases = aliases::PATTERN;
    type Output = Applicability;

    fn target(&self) -> Option<&str> {
        Some(self.pattern.as_str())
    }

    async fn perform(self, context: &Context) -> Result<Applicability, Error> {
        let Self { pattern, target, parameters, dir } = &self;
        let verdict = judge(context, &Wish { pattern, target, parameters, dir: dir.as_deref() })?;
        Ok(Applicability {
            pattern: verdict.planned.plan.name,
            target: verdict.found.named.into(),
            applicable: verdict.issues.is_empty(),
            parameters: verdict.parameters,
            requirements: verdict.requirements,
            issues: verdict.issues,
        })
    }
}
