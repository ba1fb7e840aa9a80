//! `wfmcp projects create`.

use super::rules;
use super::summary::{ProjectSummary, taken};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::store;
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Create a project with a store of its own.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    /// Its name, which no other has.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What it is about.
    #[serde(default)]
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub description: String,
    /// Anything you want to keep with it.
    #[serde(default)]
    #[arg(skip)]
    pub metadata: Map<String, Value>,
}

impl Operation for CreateProject {
    const NAME: &'static str = "create_project";
    const COMMAND: &'static [&'static str] = &["projects", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str =
        "wfmcp projects create website --description 'The public site' --set team=web";
    const ALIASES: Aliases = &[("project", "name")];
    type Output = ProjectSummary;

    fn target(&self) -> Option<&str> {
        Some(&self.name)
    }

    async fn perform(self, context: &Context) -> Result<ProjectSummary, Error> {
        let registry = context.registry()?;
        let now = context.now();
        let row = ProjectRow {
            id: format!("p-{}", context.world().draw_name()),
            name: self.name,
            description: self.description,
            metadata: self.metadata,
            archived: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        rules::check(&row)?;
        match registry.create(&row) {
            Err(store::Error::Exists { .. }) => return Err(taken(&row.name)),
            other => other?,
        }
        context.concern(&row);
        Ok(ProjectSummary::of(row, &registry.active()?.id))
    }
}
