//! What a step does: one variant per kind of step. The same types, with every template rendered, are what
//! `effects` are asked to do.

use super::{PromptMessage, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Shell(Shell),
    McpCall(McpCall),
    Prompt(Prompt),
    Wait(Wait),
    Delegate(Delegate),
    Workflow(Subflow),
    Group(Vec<Step>),
    Call(Call),
    /// Values written to `state`; texts are templates.
    Set(Map<String, Value>),
    /// The message the run fails with, a template.
    Fail(String),
    /// Nobody's kind: name and description are handed to whoever claims it.
    Manual,
}

impl Action {
    /// Whether its result can be kept in the cache: time, decisions and the run's own state can't.
    pub fn makes_something(&self) -> bool {
        match self {
            Self::Shell(_)
            | Self::McpCall(_)
            | Self::Prompt(_)
            | Self::Delegate(_)
            | Self::Workflow(_)
            | Self::Call(_) => true,
            Self::Wait(_) | Self::Group(_) | Self::Set(_) | Self::Fail(_) | Self::Manual => false,
        }
    }

    /// The key an author writes for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Shell(_) => "shell",
            Self::McpCall(_) => "mcp_call",
            Self::Prompt(_) => "prompt",
            Self::Wait(_) => "wait",
            Self::Delegate(_) => "delegate",
            Self::Workflow(_) => "workflow",
            Self::Group(_) => "steps",
            Self::Call(_) => "call",
            Self::Set(_) => "set",
            Self::Fail(_) => "fail",
            Self::Manual => "manual",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shell {
    /// The script; in a plan a template, in an effect final.
    pub run: String,
    pub with: Interpreter,
    pub stdin: Option<String>,
}

/// The program that runs a script. Values are quoted for the POSIX family only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpreter {
    #[default]
    Sh,
    /// Another shell of the family: bash, dash, ksh, zsh, ash, or a path to one.
    Posix(String),
    /// Anything else, such as python3: it gets values through `env`, never in its text.
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McpCall {
    pub server: String,
    pub tool: String,
    /// An object; its texts are templates.
    pub arguments: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    pub source: PromptSource,
    #[serde(default, skip_serializing_if = "Answerer::is_agent")]
    pub by: Answerer,
}

/// Who answers a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answerer {
    /// Whoever claims it.
    #[default]
    Agent,
    /// The agent, who may leave it to the model of its client.
    Client,
    /// A model that this machine asks; an agent where this machine can't.
    Model(ModelSettings),
}

impl Answerer {
    fn is_agent(&self) -> bool {
        *self == Self::Agent
    }
}

/// How a model is asked; what is absent is the configuration's to say. Texts are templates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    pub model: Option<String>,
    pub max_tokens: Option<u32>,
    pub system: Option<String>,
}

/// What a model is asked, every text final.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    pub settings: ModelSettings,
    pub temperature: Option<f64>,
    pub messages: Vec<PromptMessage>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptSource {
    Text(String),
    /// A prompt document of `Plan::prompts`, with its arguments.
    Use {
        name: String,
        with: Map<String, Value>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    pub what: WaitFor,
    pub timeout_ms: Option<u64>,
    pub on_timeout: OnTimeout,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// A duration (`10m`), or a template that yields one.
    Duration(String),
    /// An RFC 3339 time, or a template that yields one.
    Until(String),
    Approval {
        ask: String,
    },
    /// The step's `result` is the schema of what is asked for.
    Input {
        ask: String,
    },
    Event {
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnTimeout {
    Fail,
    /// Go on with a `null` result.
    Continue,
    /// An approval counts as rejected.
    Reject,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delegate {
    pub to: String,
    pub task: String,
    /// Texts are templates.
    pub context: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subflow {
    /// A key of `Plan::children`.
    pub name: String,
    pub with: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The operation by its tool name.
    pub operation: String,
    pub with: Value,
}

/// Something that must hold, referred to by name from `enforcement` and `validation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    Shell {
        shell: Shell,
        dir: Option<String>,
        env: BTreeMap<String, String>,
        timeout_ms: Option<u64>,
    },
    /// An approval by somebody other than the submitter.
    Approval {
        ask: String,
    },
}
