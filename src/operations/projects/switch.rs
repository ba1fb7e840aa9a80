//! `wfmcp projects use`.

use super::summary::{ProjectSummary, find};
use crate::operations::{Access, Aliases, Chosen, Context, Error, Operation, ProjectName, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;

/// Make a project the active one.
///
/// Commands that name no project mean it from now on.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchProject {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    pub project: ProjectName,
}

impl Operation for SwitchProject {
    const NAME: &'static str = "switch_project";
    const COMMAND: &'static [&'static str] = &["projects", "use"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects use default";
    const ALIASES: Aliases = &[("project_id", "project"), ("name", "project")];
    type Output = ProjectSummary;

    fn target(&self) -> Option<&str> {
        Some(self.project.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ProjectSummary, Error> {
        let registry = context.registry()?;
        let row = find(registry.as_ref(), self.project.as_str())?;
        context.concern(&row);
        let row = registry.set_active(&row.id)?;
        // Where something else names a project, commands go on to mean that one.
        if let Ok(Chosen { row: used, by: Some(by) }) = context.chosen()
            && used.id != row.id
        {
            context.note(format!("here, commands still mean project {}, which is named by: {by}", used.name));
        }
        let id = row.id.clone();
        Ok(ProjectSummary::of(row, &id))
    }
}
