//! What an operation may change, and the set of tools it belongs to: read-only modes, annotations and scopes follow
//! from these two.

use super::error::Error;
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
    /// What was brought where.
    Deployments,
    /// The tree of work items, and what waits for what in it.
    WorkItems,
    /// What a project keeps about its work.
    Entities,
    /// What a workflow will do, and workflows of other systems: before a run.
    Preparation,
    /// Workflows that are applied to an entity.
    Patterns,
    /// How patterns are written, and what they were applied to.
    Applications,
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
    pub const ALL: [Self; 15] = [
        Self::Workflows,
        Self::Authoring,
        Self::Projects,
        Self::Entities,
        Self::Patterns,
        Self::WorkItems,
        Self::Deployments,
        Self::Applications,
        Self::Prompts,
        Self::Monitoring,
        Self::Model,
        Self::Files,
        Self::Preparation,
        Self::Runs,
        Self::System,
    ];

    /// The sets of these names, `all` for every one that agents may be offered; the usual ones where none is named.
    pub fn named(names: &[String]) -> Result<Vec<Self>, Error> {
        let offered = || Self::ALL.into_iter().filter(|set| set.is_offered());
        if names.is_empty() {
            return Ok(offered().filter(|set| set.is_usual()).collect());
        }
        let mut sets = Vec::new();
        for name in names {
            match offered().find(|set| set.name() == name) {
                Some(set) => sets.push(set),
                None if name == "all" => sets.extend(offered()),
                None => {
                    let all: Vec<&str> = offered().map(Self::name).collect();
                    return Err(Error::not_found("toolset", name)
                        .suggest(name, all.iter().copied())
                        .hint(format!("there are {}, and `all`", all.join(", "))));
                }
            }
        }
        Ok(sets)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Workflows => "workflows",
            Self::Authoring => "authoring",
            Self::Projects => "projects",
            Self::Deployments => "deployments",
            Self::WorkItems => "work_items",
            Self::Entities => "entities",
            Self::Patterns => "patterns",
            Self::Applications => "applications",
            Self::Prompts => "prompts",
            Self::Monitoring => "monitoring",
            Self::Model => "model",
            Self::Preparation => "preparation",
            Self::Runs => "runs",
            Self::Files => "files",
            Self::System => "system",
        }
    }

    /// Whether its operations keep a project's records, and do nothing else to the world.
    pub fn is_of_records(self) -> bool {
        matches!(self, Self::Entities | Self::WorkItems | Self::Deployments)
    }

    /// Whether agents are offered it where nobody says what they are offered.
    pub fn is_usual(self) -> bool {
        matches!(self, Self::Workflows | Self::Authoring | Self::Patterns | Self::Projects | Self::Entities)
    }

    /// Whether agents may be offered it at all: how an installation is set up is for its owner, at a terminal.
    pub fn is_offered(self) -> bool {
        self != Self::System
    }
}
