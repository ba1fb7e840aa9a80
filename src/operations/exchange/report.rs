//! The shapes that operations answer with and that faces render, beside those of one operation alone.

pub use crate::drivers::driver::Observer;
pub use crate::engine::event::{Actor, Face, Key, RunId, Spent};
pub use crate::engine::status::{
    ActionType, LogLine, PendingAction, Place, Problem, Queue, RunReport, Stands, Status,
};

use super::reference::shown;
use super::time::rfc3339;
use crate::store::journal::{ActionRow, RunRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A run, as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSummary {
    pub run_id: String,
    pub workflow: String,
    pub version: Option<String>,
    pub status: String,
    pub current_step: Option<String>,
    pub steps_done: u64,
    pub steps_total: u64,
    pub pending_actions: u64,
    pub error: Option<String>,
    pub started_at: String,
    pub updated_at: String,
    pub ended_at: Option<String>,
    /// When a run that waits for a time goes on.
    pub due_at: Option<String>,
    pub started_by: String,
    /// The run whose step started this one.
    pub parent: Option<String>,
    pub labels: Map<String, Value>,
    /// The work item it serves.
    pub work_item: Option<String>,
}

impl From<RunRow> for RunSummary {
    fn from(row: RunRow) -> Self {
        Self {
            run_id: row.run.to_string(),
            workflow: row.workflow,
            version: row.version,
            status: row.status,
            current_step: row.current_step,
            steps_done: row.steps_done,
            steps_total: row.steps_total,
            pending_actions: row.pending,
            error: row.error,
            started_at: rfc3339(row.started_at),
            updated_at: rfc3339(row.updated_at),
            ended_at: row.ended_at.map(rfc3339),
            due_at: row.due.map(rfc3339),
            started_by: row.started_by,
            parent: row.parent.map(|run| run.to_string()),
            labels: row.labels,
            work_item: row.work_item,
        }
    }
}

/// A pending action, as lists show it; claiming it gives the whole of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionSummary {
    pub action_id: String,
    pub project: String,
    pub run_id: String,
    pub step_id: String,
    pub action_type: ActionType,
    pub title: String,
    /// Who it is meant for.
    pub role: Option<String>,
    /// Who has it now.
    pub holder: Option<String>,
    pub lease_until: Option<String>,
    pub deadline: Option<String>,
    pub created_at: String,
}

impl ActionSummary {
    /// A lease that has lapsed by `now` is no lease.
    pub fn of(row: &ActionRow, project: &str, now: i64) -> Self {
        let held = row.lease_until.is_some_and(|until| until > now);
        Self {
            action_id: shown(row),
            project: project.to_owned(),
            run_id: row.run.to_string(),
            step_id: row.step.clone(),
            action_type: row.kind.into(),
            title: row.title.clone(),
            role: row.role.clone(),
            holder: row.holder.as_ref().filter(|_| held).map(|actor| actor.name.clone()),
            lease_until: row.lease_until.filter(|_| held).map(rfc3339),
            deadline: row.deadline.map(rfc3339),
            created_at: rfc3339(row.created_at),
        }
    }
}
