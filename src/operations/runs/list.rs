//! `wfmcp runs list`.

use crate::engine::event::RunId;
use crate::operations::page::{Page, Place};
use crate::operations::report::RunSummary;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::store::journal::RunFilter;
use schemars::JsonSchema;
use serde::Deserialize;

/// List the runs of the project, newest first.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListRuns {
    /// Only runs in one of these states: `running`, `pending_action`, `waiting`, `paused`, `completed`,
    /// `failed`, `cancelled`, `moved`.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only runs of this workflow.
    #[arg(long, value_name = "NAME")]
    pub workflow: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// The states of runs that something may still come of.
pub const UNFINISHED: [&str; 4] = ["running", "pending_action", "waiting", "paused"];

const STATES: [&str; 8] =
    ["running", "pending_action", "waiting", "paused", "completed", "failed", "cancelled", "moved"];

impl Operation for ListRuns {
    const NAME: &'static str = "list_runs";
    const COMMAND: &'static [&'static str] = &["runs", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs list --status failed,paused --limit 10";
    type Output = Page<RunSummary>;

    async fn perform(self, context: &Context) -> Result<Page<RunSummary>, Error> {
        if let Some(unknown) = self.status.iter().find(|status| !STATES.contains(&status.as_str())) {
            return Err(Error::input(format!("`{unknown}` is not a state of a run"))
                .suggest(unknown, STATES)
                .hint(format!("the states are {}", STATES.join(", "))));
        }
        let asked = (&self.status, &self.workflow);
        let place = Place::read(Self::NAME, &asked, self.limit, self.cursor.as_deref())?;
        let filter = RunFilter {
            before: place.after.as_deref().map(RunId::new),
            limit: Some(place.limit + 1),
            status: self.status,
            workflow: self.workflow,
            ..RunFilter::default()
        };
        let rows = context.project()?.journal.runs(&filter)?;
        Ok(place.cut(rows.into_iter().map(RunSummary::from).collect(), |run: &RunSummary| run.run_id.clone()))
    }
}
