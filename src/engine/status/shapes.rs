//! What a run looks like from outside: the shapes that scripts and agents build on, made from a `Run` alone.

use super::super::event::{ActionKind, Spent};
use crate::language::schema::brief;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something on this machine is under way, or about to be.
    Running,
    /// It waits for an agent or a person.
    PendingAction,
    /// It waits for a time or an event only.
    Waiting,
    Paused,
    Completed,
    Failed,
    Cancelled,
    /// It goes on in another home, where it was moved to.
    Moved,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::PendingAction => "pending_action",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
        }
    }

    pub fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// The state of a run and what can be done next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = brief(&["run_id", "status", "action", "actions", "result", "error", "due_at", "next"]))]
pub struct RunReport {
    pub run_id: String,
    pub workflow: String,
    pub version: Option<String>,
    pub status: Status,
    /// The pending action, when exactly one waits.
    pub action: Option<PendingAction>,
    pub actions: Vec<PendingAction>,
    pub current_step: Option<String>,
    pub completed_steps: Vec<String>,
    pub failed_steps: Vec<String>,
    /// Those of the completed steps that took their result from the cache.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cached_steps: Vec<String>,
    /// How many steps the plan has at its top level, loops counted once.
    pub steps_total: u64,
    pub state: Map<String, Value>,
    /// The application of a pattern that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// The run it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_from: Option<String>,
    /// The outputs, once completed.
    pub result: Option<Value>,
    pub error: Option<RunError>,
    /// RFC 3339.
    pub started_at: String,
    pub ended_at: Option<String>,
    /// When a run that waits for a time goes on, RFC 3339.
    pub due_at: Option<String>,
    /// What it waits for before it begins, where others of its concurrency key go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// What its agents and models took, where that is limited or known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// Where it was moved to, when and by whom, if it goes on elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<String>,
    /// The command that comes next.
    pub next: Option<String>,
}

/// A run waits for its turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    pub key: String,
    /// How many of the key go on at once.
    pub limit: u32,
    /// The runs that go on.
    pub going: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunError {
    pub kind: String,
    pub message: String,
    pub hints: Vec<String>,
    pub step: Option<String>,
}

/// Everything a fresh agent needs to do one step, and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = brief(&["action_id", "action_type", "instructions", "parameters", "result_schema", "lease"]))]
pub struct PendingAction {
    /// With its generation: `k7f3-2`.
    pub action_id: String,
    pub run_id: String,
    pub step_id: String,
    pub action_type: ActionType,
    pub title: String,
    pub instructions: String,
    pub parameters: Map<String, Value>,
    /// The role it is meant for, where it is a delegation.
    pub role: Option<String>,
    /// Whether your client may let its own model answer (MCP sampling).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sampling: bool,
    /// JSON Schema of the result.
    pub result_schema: Option<Value>,
    /// A result that the schema accepts.
    pub example: Option<Value>,
    pub attempt: u32,
    /// What was wrong with the last submission.
    pub problems: Vec<Problem>,
    /// What an earlier holder left for the next one.
    pub note: Option<String>,
    pub created_at: String,
    pub deadline: Option<String>,
    pub lease: Option<Lease>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lease {
    pub holder: String,
    pub until: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

/// What kind of answer an action wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    Prompt,
    McpCall,
    Delegate,
    /// An approval: approve or reject.
    Approval,
    /// A value from a person.
    Input,
    Manual,
    /// What became of an interrupted step: `ran`, `again` or `give_up`.
    Resolve,
    /// An approval that a check of the step asks for.
    Review,
}

impl From<ActionKind> for ActionType {
    fn from(kind: ActionKind) -> Self {
        match kind {
            ActionKind::Prompt => Self::Prompt,
            ActionKind::McpCall => Self::McpCall,
            ActionKind::Delegate => Self::Delegate,
            ActionKind::Approval => Self::Approval,
            ActionKind::Input => Self::Input,
            ActionKind::Manual => Self::Manual,
            ActionKind::Resolve => Self::Resolve,
            ActionKind::Review => Self::Review,
        }
    }
}

/// One line of a run's log: an event told for people, with its data for scripts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    pub seq: u64,
    /// RFC 3339.
    pub at: String,
    /// The event's name.
    pub event: String,
    pub step: Option<String>,
    pub text: String,
    pub data: Value,
}
