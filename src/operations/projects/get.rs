//! `wfmcp projects show`.

use super::summary::{ProjectSummary, find};
use crate::operations::{Access, Aliases, Context, Error, Operation, ProjectName, Toolset};
use crate::store::catalog::Listing;
use crate::store::journal::ActionFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Show one project: what it is and how much is in it.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetProject {
    /// Its name or id; the project in use if absent.
    #[arg(value_name = "PROJECT")]
    pub project: Option<ProjectName>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectDetail {
    pub project: ProjectSummary,
    /// Whether commands that name no project mean it here.
    pub in_use: bool,
    /// What names it, where it is in use and not because it is the active one.
    pub named_by: Option<String>,
    /// How many runs are in which state.
    pub runs: BTreeMap<String, u64>,
    pub pending_actions: usize,
    /// How many workflows its catalogue has.
    pub workflows: usize,
    /// The file it is kept in.
    pub store: String,
}

impl Operation for GetProject {
    const NAME: &'static str = "get_project";
    const COMMAND: &'static [&'static str] = &["projects", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects show default";
    const ALIASES: Aliases = &[("project_id", "project"), ("name", "project")];
    type Output = ProjectDetail;

    async fn perform(self, context: &Context) -> Result<ProjectDetail, Error> {
        let registry = context.registry()?;
        let active = registry.active()?.id;
        let chosen = context.chosen();
        let row = match &self.project {
            Some(name) => find(registry.as_ref(), name.as_str())?,
            None => chosen.clone()?.row,
        };
        let chosen = chosen.ok().filter(|chosen| chosen.row.id == row.id);
        let project = context.world().open(&row)?;
        Ok(ProjectDetail {
            project: ProjectSummary::of(row, &active),
            in_use: chosen.is_some(),
            named_by: chosen.and_then(|chosen| chosen.by),
            runs: project.journal.count_runs()?.into_iter().collect(),
            pending_actions: project.journal.actions(&ActionFilter::default())?.len(),
            workflows: project.catalog.list("workflow", Listing::Current)?.len(),
            store: project.maintenance.check()?.path,
        })
    }
}
