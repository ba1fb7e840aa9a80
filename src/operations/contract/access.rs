//! What an operation may change, and the set of tools it belongs to: read-only modes, annotations and scopes follow
//! from these two.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Changes nothing.
    Read,
    /// Adds or changes a record.
    Write,
    /// Moves a run on, and so runs what its workflow says.
    Execute,
    /// Ends or hides something that somebody may still want.
    Destroy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Toolset {
    Workflows,
    Authoring,
    Projects,
    Monitoring,
    /// Looking after runs: lists, logs, pause and retry.
    Runs,
    /// This installation itself.
    System,
}
