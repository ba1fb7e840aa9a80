//! `wfmcp projects list`.

use super::summary::ProjectSummary;
use crate::operations::page::{Page, Place};
use crate::operations::{Access, Context, Error, Operation, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;

/// List the projects of this home.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListProjects {
    /// Archived ones too.
    #[arg(long)]
    pub archived: bool,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

impl Operation for ListProjects {
    const NAME: &'static str = "list_projects";
    const COMMAND: &'static [&'static str] = &["projects", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects list";
    type Output = Page<ProjectSummary>;

    async fn perform(self, context: &Context) -> Result<Page<ProjectSummary>, Error> {
        let place = Place::read(Self::NAME, &self.archived, self.limit, self.cursor.as_deref())?;
        let registry = context.registry()?;
        let active = registry.active()?.id;
        let rows = registry.list()?.into_iter().filter(|row| self.archived || !row.archived);
        let all = rows.map(|row| ProjectSummary::of(row, &active)).collect();
        Ok(place.of(all, |project: &ProjectSummary| format!("{}{}", project.status as u8, project.name)))
    }
}
