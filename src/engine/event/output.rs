//! What a step gives, or why it does not.

use super::value::{Json, Key, Spent, Usage};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a step produced.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Output {
    /// Its `result`; absent where that is the standard output as text, which `null` is not.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
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

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(value).map(Some)
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

impl Output {
    /// What is too large, or no text, is in files: say that they are in this folder. Where they were.
    pub fn move_files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut moved = Vec::new();
        for said in [&mut self.stdout, &mut self.stderr].into_iter().flatten() {
            if !said.get().starts_with('{') {
                continue;
            }
            let mut value = said.parse();
            let file = value.get("file").and_then(Value::as_str).map(PathBuf::from);
            if let Some(file) = file.filter(|_| value.get("hash").is_some())
                && let Some(name) = file.file_name()
            {
                value["file"] = Value::from(folder.join(name).to_string_lossy());
                *said = Json::of(&value);
                moved.push(file);
            }
        }
        moved
    }
}
