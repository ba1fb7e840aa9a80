//! One step as a preview tells it.

use crate::language::expression::Foreseen;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PreviewStep {
    /// Its place: `roll[0]/copy`; those of `on_failure`, `finally` and undo begin with @failure/, @finally/ and @undo/.
    pub step: String,
    /// shell, prompt, wait ...; foreach and repeat for what is around the steps of a loop.
    pub kind: String,
    pub name: Option<String>,
    pub will: Will,
    /// What decides, where that is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What it comes after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// The script, the question, what is waited for: with every value that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The folder of a script, where it is not the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// Variables of its own, or of the workflow it starts; secrets by their names.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub env: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// What a tool, an operation or a workflow is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Value>,
    /// Checks before it, and before its result counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// Expressions that only a run knows; they stand in the texts as ‹...›.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Why it would fail, where that is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Will {
    /// It is done, if nothing fails before.
    #[default]
    Run,
    /// Its condition is false.
    Skip,
    /// Its condition is decided by the run.
    Depends,
}

impl PreviewStep {
    pub fn take(&mut self, foreseen: Foreseen) -> String {
        for expression in foreseen.unknown {
            if !self.unknown.contains(&expression) {
                self.unknown.push(expression);
            }
        }
        foreseen.text
    }
}
