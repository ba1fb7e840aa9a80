//! `wfmcp projects create`.

use super::summary::ProjectSummary;
use crate::operations::error::Kind;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset};
use crate::store;
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Create a project with a store of its own.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    /// Its name: letters, digits, `-`, `_` and `.`.
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

const NAME_CHARACTERS_MAX: usize = 64;

impl Operation for CreateProject {
    const NAME: &'static str = "create_project";
    const COMMAND: &'static [&'static str] = &["projects", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects create website --description 'The public site'";
    const ALIASES: Aliases = &[("project", "name")];
    type Output = ProjectSummary;

    fn target(&self) -> Option<&str> {
        Some(&self.name)
    }

    async fn perform(self, context: &Context) -> Result<ProjectSummary, Error> {
        check_name(&self.name)?;
        let registry = context.registry()?;
        let now = context.now();
        let row = ProjectRow {
            id: format!("p-{}", context.world().draw_name()),
            name: self.name,
            description: self.description,
            metadata: self.metadata,
            archived: false,
            created_at: now,
            updated_at: now,
        };
        match registry.create(&row) {
            Err(store::Error::Exists { .. }) => {
                return Err(Error::new(Kind::Conflict, format!("a project `{}` exists already", row.name))
                    .hint(
                        Hint::call("make it the active one", "switch_project").with("project", &row.name),
                    ));
            }
            other => other?,
        }
        Ok(ProjectSummary::of(row, &registry.active()?.id))
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let starts_well = name.chars().next().is_some_and(char::is_alphanumeric);
    if starts_well && name.chars().all(fits) && name.chars().count() <= NAME_CHARACTERS_MAX {
        return Ok(());
    }
    Err(Error::input(format!("`{name}` is not a name for a project")).hint(format!(
        "begin with a letter or digit, then letters, digits, `-`, `_` and `.`, at most {NAME_CHARACTERS_MAX} of them"
    )))
}
