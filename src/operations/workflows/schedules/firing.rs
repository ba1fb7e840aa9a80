//! What became of a time of a schedule, as it is told.

use crate::operations::time::rfc3339;
use crate::operations::{Context, Error, Kind};
use crate::store::schedules::FiringRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiringOutcome {
    Started,
    Skipped,
    Failed,
}

impl FiringOutcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    fn named(name: &str) -> Self {
        [Self::Started, Self::Skipped].into_iter().find(|one| one.name() == name).unwrap_or(Self::Failed)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Firing {
    pub workflow: String,
    /// `catalogue`, or the path of its file.
    pub origin: String,
    /// The time of the schedule.
    pub slot: String,
    /// When a server came to it.
    pub at: String,
    pub outcome: FiringOutcome,
    pub run_id: Option<String>,
    /// The run's by now.
    pub status: Option<String>,
    /// Why no run was started.
    pub reason: Option<String>,
    /// How many times of the schedule this stands for; more were missed where it is over one. 1000 means that or more.
    pub times: u64,
}

impl Firing {
    pub fn of(context: &Context, row: FiringRow) -> Result<Self, Error> {
        let status =
            match row.run.as_ref().map(|run| context.project()?.journal.run(run).map_err(Error::from)) {
                None => None,
                Some(Ok(run)) => Some(run.status),
                Some(Err(error)) if error.kind == Kind::NotFound => None,
                Some(Err(error)) => return Err(error),
            };
        Ok(Self {
            workflow: row.key.workflow,
            origin: row.key.source,
            slot: rfc3339(row.slot),
            at: rfc3339(row.at),
            outcome: FiringOutcome::named(&row.outcome),
            run_id: row.run.map(|run| run.to_string()),
            status,
            reason: row.reason,
            times: row.times,
        })
    }
}
