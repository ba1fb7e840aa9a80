//! `wfmcp metrics`.

use super::facts::{Facts, Item, facts};
use super::range::{DAY_MS, Range};
use super::tally::{Measures, Tally};
use super::timeline::{Hours, Timeline};
use crate::engine::event::Recorded;
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::store;
use crate::store::journal::{Journal, RunFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Runs that are listed together; their journals are read one after the other.
const RUNS_TOGETHER: usize = 500;
const GROUPS: usize = 50;

/// Measure the runs of a time: counts, durations, failures, waiting.
///
/// Everything counts when it happened, from the beginning of the range up to and without its end; the last seven days where
/// nothing is said. Percentiles are exact, by nearest rank.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetWorkflowMetrics {
    /// Where the range begins: how long before its end (`24h`, `7d`), a day or a time.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// The same, as a day (`2026-11-20`, in universal time) or a time (RFC 3339).
    #[arg(long, value_name = "TIME", conflicts_with = "since")]
    pub from: Option<String>,
    /// Where it ends, which is no part of it; now when absent.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Only runs of this workflow.
    #[arg(long, value_name = "NAME")]
    pub workflow: Option<String>,
    /// What the rows are: one a workflow, step, day or state of the runs.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub by: By,
    /// At most this many rows.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum By {
    #[default]
    Workflow,
    Step,
    Day,
    Status,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowMetrics {
    /// The beginning of the range, RFC 3339.
    pub from: String,
    /// Its end, which is no part of it.
    pub to: String,
    pub by: By,
    pub totals: Measures,
    /// Those with the most first; days in their order.
    pub groups: Vec<Group>,
    /// How many more there are than `limit`.
    pub groups_left_out: usize,
    pub timeline: Timeline,
}

/// What was measured of one workflow, step, day or state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Its path; the items and rounds of a loop are one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// In universal time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// What the runs came to: completed, failed, cancelled, moved or open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub measures: Measures,
}

impl Operation for GetWorkflowMetrics {
    const NAME: &'static str = "get_workflow_metrics";
    const COMMAND: &'static [&'static str] = &["metrics"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Monitoring;
    const ALIASES: Aliases = &[("time_range", "since"), ("workflow_name", "workflow"), ("group_by", "by")];
    const EXAMPLE: &'static str = "wfmcp metrics --since 7d --by step";
    type Output = WorkflowMetrics;

    async fn perform(self, context: &Context) -> Result<WorkflowMetrics, Error> {
        let now = context.now();
        let range = Range::read(now, self.since.as_deref(), self.from.as_deref(), self.to.as_deref())?;
        let journal = context.project()?.journal.as_ref();
        let mut ledger = Ledger { by: self.by, ..Ledger::default() };
        each_run(journal, range, self.workflow.as_deref(), |workflow, events| {
            ledger.enter(workflow, facts(events, range, now));
        })?;
        if ledger.runs == 0 {
            note_why(context, journal, self.workflow.as_deref())?;
        }
        Ok(ledger.metrics(range, self.limit.unwrap_or(GROUPS)))
    }
}

/// Each run that was there in the range, the newest first, one at a time.
fn each_run(
    journal: &dyn Journal,
    range: Range,
    workflow: Option<&str>,
    mut visit: impl FnMut(&str, &[Recorded]),
) -> Result<(), Error> {
    let mut filter = RunFilter {
        workflow: workflow.map(str::to_owned),
        during: Some((range.from, range.to)),
        limit: Some(RUNS_TOGETHER),
        ..RunFilter::default()
    };
    loop {
        let rows = journal.runs(&filter)?;
        for row in &rows {
            match journal.skim(&row.run) {
                Ok(events) => visit(&row.workflow, &events),
                Err(store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match rows.last() {
            Some(last) if rows.len() == RUNS_TOGETHER => filter.before = Some(last.run.clone()),
            _ => return Ok(()),
        }
    }
}

fn note_why(context: &Context, journal: &dyn Journal, workflow: Option<&str>) -> Result<(), Error> {
    let filter = RunFilter { workflow: workflow.map(str::to_owned), limit: Some(1), ..RunFilter::default() };
    let newest = journal.runs(&filter)?;
    context.note(match (newest.first(), workflow) {
        (Some(row), _) => {
            let at = row.ended_at.unwrap_or(row.started_at);
            format!("no run was there at that time; the latest was on {}", rfc3339(at))
        }
        (None, Some(name)) => format!("this project never had a run of `{name}`"),
        (None, None) => "this project never had a run".to_owned(),
    });
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Workflow(String),
    Step(String, String),
    /// Days since 1970.
    Day(i64),
    Status(&'static str),
}

#[derive(Default)]
struct Ledger {
    by: By,
    runs: u64,
    totals: Tally,
    groups: BTreeMap<Name, Tally>,
    hours: Hours,
}

impl Ledger {
    fn enter(&mut self, workflow: &str, facts: Facts) {
        self.runs += 1;
        for Item { at, step, fact } in facts.items {
            self.totals.add(fact);
            self.hours.add(at, fact);
            let name = match (self.by, step) {
                (By::Workflow, _) => Name::Workflow(workflow.to_owned()),
                (By::Step, Some(step)) => Name::Step(workflow.to_owned(), step),
                (By::Step, None) => continue,
                (By::Day, _) => Name::Day(at.div_euclid(DAY_MS)),
                (By::Status, _) => Name::Status(facts.status),
            };
            self.groups.entry(name).or_default().add(fact);
        }
    }

    fn metrics(self, range: Range, limit: usize) -> WorkflowMetrics {
        let groups = self.groups.into_iter().map(|(name, tally)| (name, tally.measures()));
        let mut groups: Vec<(Name, Measures)> = groups.collect();
        if self.by != By::Day {
            groups.sort_by(|(a, x), (b, y)| weight(y).cmp(&weight(x)).then_with(|| a.cmp(b)));
        }
        let groups_left_out = groups.len().saturating_sub(limit);
        groups.truncate(limit);
        WorkflowMetrics {
            from: rfc3339(range.from),
            to: rfc3339(range.to),
            by: self.by,
            totals: self.totals.measures(),
            groups: groups.into_iter().map(|(name, measures)| group(name, measures)).collect(),
            groups_left_out,
            timeline: self.hours.timeline(),
        }
    }
}

/// How much there is of it.
fn weight(measures: &Measures) -> (u64, u64) {
    let Measures { runs, steps, .. } = measures;
    (runs.completed + runs.failed + runs.cancelled + runs.open + runs.moved, steps.finished + steps.failed)
}

fn group(name: Name, measures: Measures) -> Group {
    let blank = Group { workflow: None, step: None, day: None, status: None, measures };
    match name {
        Name::Workflow(workflow) => Group { workflow: Some(workflow), ..blank },
        Name::Step(workflow, step) => Group { workflow: Some(workflow), step: Some(step), ..blank },
        Name::Day(day) => {
            let start = rfc3339(day * DAY_MS);
            Group { day: Some(start.get(..10).unwrap_or(&start).to_owned()), ..blank }
        }
        Name::Status(status) => Group { status: Some(status.to_owned()), ..blank },
    }
}
