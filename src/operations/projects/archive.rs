//! `wfmcp projects archive` and `wfmcp projects restore`.

use super::summary::{ProjectSummary, find, live_runs};
use crate::operations::{Access, Aliases, Context, Error, Operation, ProjectName, Toolset};
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::Deserialize;

/// Put a project away: no new runs, and out of the lists.
///
/// Nothing of it is lost.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveProject {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    pub project: ProjectName,
    /// Bring it back instead.
    #[serde(default)]
    #[arg(long)]
    pub restore: bool,
}

impl Operation for ArchiveProject {
    const NAME: &'static str = "archive_project";
    const COMMAND: &'static [&'static str] = &["projects", "archive"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects archive website";
    const ALIASES: Aliases = &[("project_id", "project"), ("name", "project")];
    type Output = ProjectSummary;

    fn target(&self) -> Option<&str> {
        Some(self.project.as_str())
    }

    async fn perform(self, context: &Context) -> Result<ProjectSummary, Error> {
        let registry = context.registry()?;
        let present = find(registry.as_ref(), self.project.as_str())?;
        context.concern(&present);
        let archived = !self.restore;
        let row = if present.archived == archived {
            present
        } else {
            let wanted = ProjectRow { archived, updated_at: context.now(), ..present };
            ProjectRow { version: registry.update(&wanted)?, ..wanted }
        };
        if archived {
            // What waits in it is in no inbox any more; whoever archives it should know.
            match live_runs(context, &row) {
                Ok(0) | Err(_) => {}
                Ok(live) => context.note(format!(
                    "{live} of its runs have not ended; they stay as they are, and no inbox shows what waits in them"
                )),
            }
        }
        Ok(ProjectSummary::of(row, &registry.active()?.id))
    }
}
