//! What the engine wants done: an event to record, and what to do once it is durable.

use super::event::{Event, Failure, Key, Output, Phase, RunId, Spent, Usage};
use super::run::Run;
use super::status::Status;
use super::steps::failure;
use crate::language::expression::{Segment, Text};
use crate::language::plan::{Call, McpCall, Question, Shell};
use serde_json::{Map, Value, json};

#[derive(Debug)]
pub struct Command {
    pub event: Event,
    pub act: Option<Act>,
}

#[derive(Debug, Clone)]
pub struct Act {
    pub step: Key,
    pub attempt: u32,
    pub target: Target,
    pub effect: Effect,
    pub timeout_ms: Option<u64>,
}

/// What the outcome of an effect is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Attempt,
    Check { phase: Phase, index: u32 },
}

#[derive(Debug, Clone)]
pub enum Effect {
    Shell {
        shell: Shell,
        dir: Option<String>,
        env: Vec<(String, Text)>,
    },
    McpTool(McpCall),
    Call(Call),
    Ask(Ask),
    /// Look for what was made under this digest.
    Recall {
        digest: String,
    },
    Child {
        run: RunId,
        workflow: String,
        inputs: Map<String, Value>,
    },
}

impl Effect {
    /// What is to be done, in full, but for its secrets.
    pub fn words(&self) -> String {
        match self {
            Self::Shell { shell, dir, env } => {
                let more = [dir.as_ref().map(|dir| format!("in {dir}")), shell.stdin.clone()];
                let variables = env.iter().map(|(name, Text(segments))| {
                    let said = segments.iter().map(|segment| match segment {
                        Segment::Text(text) => text.clone(),
                        Segment::Secret(name) => format!("(secret {name})"),
                    });
                    format!("{name}={}", said.collect::<String>())
                });
                let lines: Vec<String> = std::iter::once(shell.run.trim_end().to_owned())
                    .chain(more.into_iter().flatten())
                    .chain(variables)
                    .collect();
                lines.join("\n")
            }
            Self::McpTool(call) => call.arguments.to_string(),
            Self::Call(call) => call.with.to_string(),
            Self::Ask(ask) => ask
                .question
                .messages
                .iter()
                .map(|message| message.text.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
            Self::Recall { digest } => digest.clone(),
            Self::Child { inputs, .. } => Value::Object(inputs.clone()).to_string(),
        }
    }

    /// The key an author writes for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Shell { .. } => "shell",
            Self::McpTool(_) => "mcp_call",
            Self::Call(_) => "call",
            Self::Ask(_) => "prompt",
            Self::Recall { .. } => "cache",
            Self::Child { .. } => "workflow",
        }
    }
}

/// A question to a model; `steps::model` reads its answer.
#[derive(Debug, Clone)]
pub struct Ask {
    pub question: Question,
    /// JSON Schema of the result.
    pub result: Option<Value>,
}

/// What became of an effect, as its driver saw it.
#[derive(Debug, Clone)]
pub enum Outcome {
    Exited {
        code: i32,
        stdout: Said,
        stderr: Said,
    },
    /// A tool, an operation or a child run answered.
    Answered(Value),
    /// What the cache has, and the run that made it.
    Recalled(Option<(Output, RunId)>),
    /// A model was asked: what it said, read by `Ask`, or why there is nothing.
    Replied {
        result: Result<Value, Failure>,
        usage: Option<Usage>,
    },
    /// A child run ended: its outputs, or why there are none, and what its agents took.
    Ended {
        result: Result<Value, Failure>,
        spent: Spent,
    },
    Failed {
        kind: &'static str,
        message: String,
        hints: Vec<String>,
    },
    TimedOut {
        stdout: Said,
        stderr: Said,
    },
}

/// The kind of failure of a step whose child run did not complete.
pub const CHILD: &str = "child";

impl Outcome {
    /// What the end of a child run is to the step that started it.
    pub fn of_child(child: &Run) -> Self {
        let result = match child.status() {
            Status::Completed => Ok(child.outputs().unwrap_or_default()),
            status => {
                let error = child.facts.error.as_ref();
                let why = error.map_or_else(String::new, |error| format!(": {}", error.message));
                let id = child.id().map(RunId::as_str).unwrap_or_default();
                Err(failure(CHILD, format!("run {id} {}{why}", status.as_str())))
            }
        };
        Self::Ended { result, spent: *child.spent() }
    }
}

/// What a program printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Text(String),
    /// Too large to be a value, or no text: it is in a file.
    File {
        path: String,
        bytes: u64,
        hash: String,
        preview: String,
    },
}

impl Said {
    /// All of it, or what is shown of it.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::File { preview, .. } => preview,
        }
    }

    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::File { path, bytes, hash, preview } => {
                json!({ "file": path, "bytes": bytes, "hash": hash, "preview": preview })
            }
        }
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
