//! A whole workflow: its inputs, its steps and the rules for its runs.

use super::{Action, Check, Prompt, PromptSource, PromptText, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A workflow, resolved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// In the order the author wrote them, which is the order a person is asked in.
    pub inputs: Vec<Input>,
    /// Templates; the only place beside a step's `env` where `secrets` may be named.
    pub env: BTreeMap<String, String>,
    pub secrets: Vec<String>,
    pub checks: BTreeMap<String, Check>,
    /// The first values of `state`, rendered when the run starts.
    pub state: Map<String, Value>,
    pub steps: Vec<Step>,
    pub on_failure: Vec<Step>,
    pub finally: Vec<Step>,
    /// Templates over the finished run.
    pub outputs: Map<String, Value>,
    pub concurrency: Option<Concurrency>,
    pub timeout_ms: Option<u64>,
    pub budget: Option<Budget>,
    pub labels: BTreeMap<String, String>,
    pub schedule: Option<Schedule>,
    /// The prompt documents its steps use, by name, with what they extend already merged.
    pub prompts: BTreeMap<String, PromptText>,
    /// The workflows its steps start, by the name they use: the plan travels whole.
    pub children: BTreeMap<String, Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
}

/// A document that a step uses, as the plan has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Used<'a> {
    Prompt(&'a PromptText),
    Workflow(&'a Plan),
}

impl Plan {
    /// The document that a step uses, where it uses one.
    pub fn used_by(&self, step: &Step) -> Option<Used<'_>> {
        match &step.action {
            Action::Workflow(child) => self.children.get(&child.name).map(Used::Workflow),
            Action::Prompt(Prompt { source: PromptSource::Use { name, .. }, .. }) => {
                self.prompts.get(name).map(Used::Prompt)
            }
            _ => None,
        }
    }
}

/// What makes a workflow a pattern: the entities it can be applied to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pattern {
    /// Any type where absent.
    pub entity_type: Option<String>,
    /// What the entity's data must contain.
    pub condition: Map<String, Value>,
    /// Scripts that must succeed before, in the order of their names.
    pub requires: BTreeMap<String, Check>,
    /// Whether success changes the entity.
    pub writes_back: bool,
}

/// One declared input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    /// A JSON Schema, `default` included.
    pub schema: Value,
}

impl Input {
    /// The value that is used when none is given.
    pub fn default_value(&self) -> Option<&Value> {
        self.schema.get("default")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// A template over `inputs`.
    pub key: String,
    pub limit: u32,
    pub on_busy: OnBusy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBusy {
    Queue,
    Refuse,
    CancelRunning,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    pub attempts: Option<u64>,
    pub tokens: Option<u64>,
    pub cost: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub cron: String,
    pub time_zone: Option<String>,
    pub catch_up: bool,
    pub overlap: bool,
}
