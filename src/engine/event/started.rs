//! What a run begins with, as its first event has it.

use super::value::{Actor, Applied, Origin, Parent, PlanHash, ProjectRef, RunId, Turn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The first event of every run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Started {
    /// Which behaviour the engine shows (`engine::version`).
    pub behaviour: u32,
    pub run: RunId,
    pub workflow: String,
    pub plan: PlanHash,
    pub project: ProjectRef,
    pub inputs: Map<String, Value>,
    pub seed: u64,
    pub by: Actor,
    /// The working directory its scripts start in.
    pub dir: String,
    /// The first values of `state`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub state: Map<String, Value>,
    /// The MCP servers that this machine calls itself; calls of others are handed to an agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<String>,
    /// Whether this machine asks models itself; prompts meant for one are handed to an agent otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asks_models: bool,
    /// How long an action stays with whoever took it, where its step has no `timeout`.
    pub lease_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub labels: Map<String, Value>,
    /// The work item it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Applied>,
    /// The run it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Nothing is taken from the cache; what it makes is put there all the same.
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_cache: bool,
    /// What it shares a limit with; it waits for `Admitted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}
