//! `wfmcp events list`.

use crate::drivers::driver::Awaited;
use crate::engine::event::RunId;
use crate::engine::status::rfc3339;
use crate::operations::page::{Page, Place};
use crate::operations::runs::UNFINISHED;
use crate::operations::{Access, Context, Error, Operation, Toolset};
use crate::store::journal::RunFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List the events that runs wait for.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListAwaitedEvents {
    /// Only of runs of this workflow.
    #[arg(long, value_name = "NAME")]
    pub workflow: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// A step that waits for an event.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AwaitedEvent {
    pub event: String,
    pub run_id: String,
    pub workflow: String,
    pub step: String,
    /// When the wait ends by itself.
    pub deadline: Option<String>,
}

impl Operation for ListAwaitedEvents {
    const NAME: &'static str = "list_awaited_events";
    const COMMAND: &'static [&'static str] = &["events", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp events list --workflow release";
    type Output = Page<AwaitedEvent>;

    async fn perform(self, context: &Context) -> Result<Page<AwaitedEvent>, Error> {
        let place = Place::read(Self::NAME, &self.workflow, self.limit, self.cursor.as_deref())?;
        let name = |wait: &AwaitedEvent| format!("{} {}", wait.run_id, wait.step);
        let mut waits: Vec<AwaitedEvent> = Vec::new();
        for (run, awaited) in waiting_runs(context, self.workflow.as_deref())? {
            waits.extend(awaited.into_iter().map(|wait| AwaitedEvent {
                event: wait.event,
                run_id: run.to_string(),
                workflow: wait.workflow,
                step: wait.step.to_string(),
                deadline: wait.due.map(rfc3339),
            }));
        }
        waits.sort_by_cached_key(name);
        if let Some(after) = &place.after {
            waits.retain(|wait| name(wait) > *after);
        }
        waits.truncate(place.limit + 1);
        Ok(place.cut(waits, name))
    }
}

/// The runs that have not ended and wait for an event, with what they wait for.
pub(super) fn waiting_runs(
    context: &Context,
    workflow: Option<&str>,
) -> Result<Vec<(RunId, Vec<Awaited>)>, Error> {
    let project = context.project()?;
    let driver = project.driver()?;
    let filter = RunFilter {
        status: UNFINISHED.map(str::to_owned).to_vec(),
        workflow: workflow.map(str::to_owned),
        ..RunFilter::default()
    };
    let mut runs = Vec::new();
    for row in project.journal.runs(&filter)? {
        let awaited = driver.awaited(&row.run)?;
        if !awaited.is_empty() {
            runs.push((row.run, awaited));
        }
    }
    Ok(runs)
}
