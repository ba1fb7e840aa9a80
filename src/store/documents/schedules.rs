//! The schedules that servers look after, how far each was kept, and what became of its times.

use crate::engine::event::RunId;
use crate::store::error::Result;

/// How many firings of a schedule are kept; the oldest go.
pub const FIRINGS_KEPT: u32 = 1_000;

pub trait Schedules: Send + Sync {
    /// By workflow, then by source.
    fn schedules(&self) -> Result<Vec<ScheduleRow>>;
    /// Know of a schedule, or know what it says now, where nobody else did so meanwhile: it must still be `present`.
    fn know(&self, schedule: &ScheduleRow, present: Option<&ScheduleRow>) -> Result<()>;
    /// It is no longer there. What became of its times is kept.
    fn forget(&self, key: &ScheduleKey) -> Result<()>;

    /// Take a time: everything up to `slot` is done with. False if the schedule is no longer kept until `since`, or the time
    /// was taken before. What is done about it is done in the same transaction, by `Journal::together`.
    fn take(&self, key: &ScheduleKey, since: i64, slot: i64) -> Result<bool>;
    /// What became of a time that was taken.
    fn note(&self, firing: &FiringRow) -> Result<()>;
    /// Newest first.
    fn firings(&self, filter: &FiringFilter) -> Result<Vec<FiringRow>>;

    /// The owner looks after it from now on, until its process ends or it leaves.
    fn attend(&self, key: &ScheduleKey, owner: &str) -> Result<()>;
    /// The owner looks after nothing here any more.
    fn leave(&self, owner: &str) -> Result<()>;
    fn attendants(&self) -> Result<Vec<(ScheduleKey, String)>>;
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScheduleKey {
    pub workflow: String,
    /// Where the workflow is kept: workflows of one name may be several.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    pub key: ScheduleKey,
    pub cron: String,
    pub time_zone: String,
    /// Its times up to here are done with.
    pub since: i64,
}

/// What became of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiringRow {
    /// Drawn by the store.
    pub id: i64,
    pub key: ScheduleKey,
    pub slot: i64,
    pub at: i64,
    pub outcome: String,
    pub run: Option<RunId>,
    pub reason: Option<String>,
    /// How many times of the schedule it stands for, this one included.
    pub times: u64,
}

#[derive(Debug, Clone, Default)]
pub struct FiringFilter {
    pub workflow: Option<String>,
    pub source: Option<String>,
    /// Only those that a run came of.
    pub started: bool,
    /// Only those before this one, for paging.
    pub before: Option<i64>,
    pub limit: Option<usize>,
}
