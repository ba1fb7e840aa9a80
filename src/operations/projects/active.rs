//! `wfmcp projects active`.

use super::summary::ProjectSummary;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tell which project is in use, and what says so.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetActiveProject {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActiveProject {
    pub project: ProjectSummary,
    /// What names it: an option, a variable or a file; it is the active one if absent.
    pub named_by: Option<String>,
}

impl Operation for GetActiveProject {
    const NAME: &'static str = "get_active_project";
    const COMMAND: &'static [&'static str] = &["projects", "active"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects active";
    type Output = ActiveProject;

    async fn perform(self, context: &Context) -> Result<ActiveProject, Error> {
        let chosen = context.chosen()?;
        let active = context.registry()?.active()?.id;
        Ok(ActiveProject { project: ProjectSummary::of(chosen.row, &active), named_by: chosen.by })
    }
}
