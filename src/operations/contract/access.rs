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
    /// Runs what somebody wrote: a command, or a run's workflow.
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
    /// Prompt documents; hosts reach them as the protocol's own prompts.
    Prompts,
    Monitoring,
    /// Asking a model.
    Model,
    /// Looking after runs: lists, logs, pause and retry.
    Runs,
    /// This machine's files, inside the folders that are allowed.
    Files,
    /// This installation itself.
    System,
}

impl Toolset {
    pub const ALL: [Self; 9] = [
        Self::Workflows,
        Self::Authoring,
        Self::Projects,
        Self::Prompts,
        Self::Monitoring,
        Self::Model,
        Self::Files,
        Self::Runs,
        Self::System,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Workflows => "workflows",
            Self::Authoring => "authoring",
            Self::Projects => "projects",
            Self::Prompts => "prompts",
            Self::Monitoring => "monitoring",
            Self::Model => "model",
            Self::Runs => "runs",
            Self::Files => "files",
            Self::System => "system",
        }
    }

    /// Whether agents are offered it where nobody says what they are offered.
    pub fn is_usual(self) -> bool {
        matches!(self, Self::Workflows | Self::Authoring | Self::Projects)
    }

    /// Whether agents may be offered it at all: how an installation is set up is for its owner, at a terminal.
    pub fn is_offered(self) -> bool {
        self != Self::System
    }
}
