//! `wfmcp projects use`.

use super::summary::{ProjectSummary, find};
use crate::operations::error::Kind;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, ProjectName, Toolset};
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
        if row.archived {
            return Err(Error::new(Kind::Conflict, format!("project `{}` is archived", row.name))
                .hint(Hint::call("use another one", "list_projects")));
        }
        registry.set_active(&row.id)?;
        let id = row.id.clone();
        Ok(ProjectSummary::of(row, &id))
    }
}
