//! What a step gives, or why it does not.

use super::value::{Json, Key, Spent, Usage};
use serde::{Deserialize, Serialize};

/// What a step produced.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Output {
    /// Its `result`; absent where that is the standard output as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdout: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// What a model took to produce it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What a child run took, in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
}

/// Why a step, or a run, failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// For machines: `exit_code`, `timeout`, `expression`, `rejected`, `refused`, `submitted`, `tool_error`, `spawn` ...
    pub kind: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// The step it began at, for a group or a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<Output>>,
}
