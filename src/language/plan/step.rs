//! One step: what it does (`Action`) and everything that may be said around it.

use super::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Unique among its siblings; given by the author or derived from the position (`step-3`).
    pub id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    /// The author's word for it: development, integration, validation, deployment, or any other.
    pub label: Option<String>,
    /// Ids of siblings; the step before it unless the author said otherwise.
    pub needs: Vec<String>,
    /// An expression, decided once before the step (and before its loop) begins.
    pub when: Option<String>,
    pub foreach: Option<Foreach>,
    pub repeat: Option<Repeat>,
    /// Templates.
    pub env: BTreeMap<String, String>,
    /// Working directory, a template.
    pub dir: Option<String>,
    pub timeout_ms: Option<u64>,
    pub retry: Option<Retry>,
    pub on_error: OnError,
    /// What the author said; `None` leaves it to the kind of step.
    pub on_interrupt: Option<OnInterrupt>,
    /// A step without order, condition or loop of its own.
    pub undo: Option<Box<Step>>,
    /// The machines it should run on.
    pub machines: Vec<String>,
    /// Names of checks that must hold before it starts.
    pub enforcement: Vec<String>,
    /// Names of checks that must hold before its result counts.
    pub validation: Vec<String>,
    /// JSON Schema of its result.
    pub result: Option<Value>,
    pub parse: Parse,
    pub estimated_ms: Option<u64>,
    /// What a manual step hands along; texts are templates.
    pub parameters: Map<String, Value>,
    /// A template; results of equal keys may be reused.
    pub cache: Option<String>,
    pub action: Action,
}

impl Default for Step {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: None,
            description: None,
            label: None,
            needs: Vec::new(),
            when: None,
            foreach: None,
            repeat: None,
            env: BTreeMap::new(),
            dir: None,
            timeout_ms: None,
            retry: None,
            on_error: OnError::Fail,
            on_interrupt: None,
            undo: None,
            machines: Vec::new(),
            enforcement: Vec::new(),
            validation: Vec::new(),
            result: None,
            parse: Parse::Text,
            estimated_ms: None,
            parameters: Map::new(),
            cache: None,
            action: Action::Manual,
        }
    }
}

impl Step {
    /// What becomes of it where its process died under way: what its author said, or what its kind can bear.
    pub fn after_interruption(&self) -> OnInterrupt {
        self.on_interrupt.clone().unwrap_or(match self.action {
            Action::Shell(_) | Action::McpCall(_) | Action::Call(_) if self.retry.is_none() => {
                OnInterrupt::Ask
            }
            _ => OnInterrupt::Rerun,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foreach {
    pub items: Items,
    /// The extra name of the item (`as`), beside `item`.
    pub name: Option<String>,
    pub parallel: u32,
    /// The step's `when`, where it speaks of the item: then it is decided for each.
    pub filter: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Items {
    /// An expression that yields a list.
    Expression(String),
    /// A list the author wrote out; its texts are templates.
    List(Vec<Value>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// An expression, decided after each round; without it, all rounds run.
    pub until: Option<String>,
    pub max: u32,
    pub every_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// All attempts together, the first included.
    pub attempts: u32,
    pub delay_ms: u64,
    pub backoff: f64,
    pub max_delay_ms: Option<u64>,
    pub jitter: bool,
    pub on: Vec<RetryOn>,
}

/// What a retry is for; an empty list means any failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryOn {
    Timeout,
    ExitCode(i32),
    /// The kind of a failure, as the run report names it (`refused`, `tool_error` ...).
    Kind(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    Fail,
    Continue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInterrupt {
    Rerun,
    Ask,
    Fail,
    /// A shell script: exit code 0 says the step had done its work.
    Check(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parse {
    Text,
    Json,
    Lines,
}
