//! `wfmcp projects delete`.

use super::summary::{find, live_runs};
use crate::operations::{Access, Aliases, Context, Error, Hint, Kind, Operation, ProjectName, Toolset};
use crate::store::registry::{self, ProjectRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Delete a project with everything in it, for good.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteProject {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    pub project: ProjectName,
    /// Its whole name once more, to be sure.
    #[serde(default)]
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Even if runs in it have not ended.
    #[serde(default)]
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeletedProject {
    pub project_id: String,
    pub name: String,
}

impl Operation for DeleteProject {
    const NAME: &'static str = "delete_project";
    const COMMAND: &'static [&'static str] = &["projects", "delete"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Projects;
    const EXAMPLE: &'static str = "wfmcp projects delete website --confirm website";
    const ALIASES: Aliases = &[("project_id", "project"), ("name", "project")];
    type Output = DeletedProject;

    fn target(&self) -> Option<&str> {
        Some(self.project.as_str())
    }

    async fn perform(self, context: &Context) -> Result<DeletedProject, Error> {
        let row = find(context.registry()?.as_ref(), self.project.as_str())?;
        context.concern(&row);
        refuse_the_needed(context, &row)?;
        if self.confirm.as_deref() != Some(row.name.as_str()) {
            let got = self.confirm.map_or("nothing".to_owned(), |given| format!("`{given}`"));
            return Err(Error::input(format!(
                "deleting a project takes its name as `confirm`: expected `{}`, got {got}",
                row.name
            ))
            .hint(
                Hint::call("or put it away, with everything in it", "archive_project")
                    .with("project", &row.name),
            ));
        }
        if !self.force {
            refuse_the_live(context, &row)?;
        }
        context.world().delete(&row)?;
        Ok(DeletedProject { project_id: row.id, name: row.name })
    }
}

fn refuse_the_needed(context: &Context, row: &ProjectRow) -> Result<(), Error> {
    let message = if row.id == registry::DEFAULT {
        format!("project `{}` is the one that every home has: it stays", row.name)
    } else if context.registry()?.active()?.id == row.id {
        format!("project `{}` is the active one", row.name)
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Conflict, message)
        .hint(Hint::call("another one can be made active", "switch_project").with("project", "NAME")))
}

fn refuse_the_live(context: &Context, row: &ProjectRow) -> Result<(), Error> {
    match live_runs(context, row)? {
        0 => Ok(()),
        live => Err(Error::new(
            Kind::Conflict,
            format!("{live} of the runs in project `{}` have not ended", row.name),
        )
        .hint("end them first, which takes back what they did: wfmcp runs cancel RUN --project NAME")
        .hint(
            Hint::call("or delete it all the same", "delete_project")
                .with("project", &row.name)
                .with("confirm", &row.name)
                .with("force", "true"),
        )),
    }
}
