//! `wfmcp inbox`, also `wfmcp actions list`.

use crate::operations::page::{Page, Place};
use crate::operations::projects::survey;
use crate::operations::report::ActionSummary;
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Project, RunName, Toolset, aliases, reference,
};
use crate::store::journal::{ActionFilter, ActionRow};
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
        let mut found = if self.run.is_some() || context.names_project() {
            self.collect(context, context.project()?)?
        } else {
            self.collect_everywhere(context)?
        };
        found.sort_by_cached_key(key);
        Ok(place.of(found, key))
    }
}

impl ListPendingActions {
    fn collect_everywhere(&self, context: &Context) -> Result<Vec<ActionSummary>, Error> {
        let rows: Vec<_> = context.registry()?.list()?.into_iter().filter(|row| !row.archived).collect();
        let looks = survey(context, &rows, |project| {
            project.map_or(Ok(Vec::new()), |project| self.collect(context, project))
        });
        let mut found = Vec::new();
        for (row, looked) in rows.iter().zip(looks) {
            match looked {
                Ok(actions) => found.extend(actions),
                // What is wrong with one project hides nothing of the others.
                Err(error) => {
                    context.note(format!("project {} can't be looked at: {error}", row.name));
                }
            }
        }
        Ok(found)
    }

    fn collect(&self, context: &Context, project: &Project) -> Result<Vec<ActionSummary>, Error> {
        let run = self.run.as_ref().map(|name| reference::run(context, project, name)).transpose()?;
        let filter = ActionFilter { run, role: self.role.clone(), limit: None };
        let mut rows = project.journal.actions(&filter)?;
        // Only what somebody's process holds may have been abandoned by it.
        let is_held = |row: &ActionRow| row.holder.as_ref().is_some_and(|holder| holder.session.is_some());
        if context.may_act() && rows.iter().any(is_held) {
            project.driver()?.free_abandoned()?;
            rows = project.journal.actions(&filter)?;
        }
        // What was just freed is free from now on.
        let now = context.now();
        Ok(rows.iter().map(|row| ActionSummary::of(row, &project.row.name, now)).collect())
    }
}

/// Who waited longest comes first.
fn key(action: &ActionSummary) -> String {
    format!("{}/{}/{}", action.created_at, action.project, action.action_id)
}
