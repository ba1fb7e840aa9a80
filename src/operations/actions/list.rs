//! `wfmcp inbox`, also `wfmcp actions list`.

use crate::operations::page::{Page, Place};
use crate::operations::report::ActionSummary;
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Project, RunName, Toolset, aliases, reference,
};
use crate::store::journal::ActionFilter;
use schemars::JsonSchema;
use serde::Deserialize;

/// List what waits for somebody.
///
/// Oldest first, in all projects unless one is named.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListPendingActions {
    /// Only the actions of this run.
    #[arg(long, value_name = "RUN")]
    pub run: Option<RunName>,
    /// Only actions meant for this role.
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

impl Operation for ListPendingActions {
    const NAME: &'static str = "list_pending_actions";
    const COMMAND: &'static [&'static str] = &["inbox"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp inbox --role reviewer";
    const ALIASES: Aliases = aliases::RUN;
    type Output = Page<ActionSummary>;

    async fn perform(self, context: &Context) -> Result<Page<ActionSummary>, Error> {
        let place = Place::read(Self::NAME, &(&self.run, &self.role), self.limit, self.cursor.as_deref())?;
        let mut found = Vec::new();
        if self.run.is_some() || context.names_project() {
            self.collect(context, context.project()?, &mut found)?;
        } else {
            for row in context.registry()?.list()?.into_iter().filter(|row| !row.archived) {
                let looked = context.world().open(&row);
                let looked = looked.and_then(|project| self.collect(context, &project, &mut found));
                // What is wrong with one project hides nothing of the others.
                if let Err(error) = looked {
                    context.note(format!("project {} can't be looked at: {error}", row.name));
                }
            }
        }
        found.sort_by_cached_key(key);
        Ok(place.of(found, key))
    }
}

impl ListPendingActions {
    fn collect(
        &self,
        context: &Context,
        project: &Project,
        found: &mut Vec<ActionSummary>,
    ) -> Result<(), Error> {
        let run = self.run.as_ref().map(|name| reference::run(context, project, name)).transpose()?;
        let filter = ActionFilter { run, role: self.role.clone(), limit: None };
        if context.may_act() {
            project.driver()?.free_abandoned()?;
        }
        let now = context.now();
        let rows = project.journal.actions(&filter)?;
        found.extend(rows.iter().map(|row| ActionSummary::of(row, &project.row.name, now)));
        Ok(())
    }
}

/// Who waited longest comes first.
fn key(action: &ActionSummary) -> String {
    format!("{}/{}/{}", action.created_at, action.project, action.action_id)
}
