//! The journal of runs: append-only entries, who carries a run, and the projections that make lists quick.

use super::applications::ApplicationRow;
use super::error::Result;
use crate::engine::event::{ActionId, ActionKind, Actor, Event, Key, PlanHash, Recorded, RunId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// One project's runs. Every method that writes returns after the commit is durable.
pub trait Journal: Send + Sync {
    /// Keep a plan's text under its hash; the same plan twice is kept once.
    fn keep_plan(&self, hash: &PlanHash, text: &str) -> Result<()>;
    fn plan(&self, hash: &PlanHash) -> Result<String>;

    /// Begin a run with its first events, carried by `owner` for half a minute unless renewed. `Exists` if the id is
    /// taken.
    fn create(&self, entry: &Entry<'_>, plan: &PlanHash) -> Result<()>;
    /// Append one transition. `Conflict` if the run is not at `entry.after`, `NotOwner` if `entry.owner` is named and
    /// does not hold the run, `IdTaken` if the projection opens an action whose id another run has open. A run that
    /// ends is released by the same commit.
    fn append(&self, entry: &Entry<'_>) -> Result<()>;
    /// Replace what lists say of a run by what its events say: `entry` as for `append`, but its events are left alone.
    /// `Conflict` if the run is not at `entry.after`.
    fn rewrite(&self, entry: &Entry<'_>) -> Result<()>;
    /// The events after `after`, in order, large values included.
    fn read(&self, run: &RunId, after: u64) -> Result<Vec<Recorded>>;
    /// All events as `read` gives them, but a value that is in an artifact file is null: for who looks at many runs.
    fn skim(&self, run: &RunId) -> Result<Vec<Recorded>>;

    /// Become the one who carries the run; false if a living owner holds it. `owner` is the id of an owner that the
    /// store gave out: one whose process is gone is dead at once, one whose lease lapsed may be taken over, and its
    /// next append is `NotOwner`.
    fn claim(&self, run: &RunId, owner: &str, now: i64, lease: Duration) -> Result<bool>;
    /// Keep what `owner` carries until `now + lease`; the runs it still holds.
    fn renew(&self, owner: &str, now: i64, lease: Duration) -> Result<Vec<RunId>>;
    fn release(&self, run: &RunId, owner: &str) -> Result<()>;
    /// Whether the process that was given this owner's id is known to have ended.
    fn is_gone(&self, owner: &str) -> bool;

    fn run(&self, run: &RunId) -> Result<RunRow>;
    /// Runs whose id begins with this, newest first, at most `limit`.
    fn runs_by_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<RunId>>;
    fn runs(&self, filter: &RunFilter) -> Result<Vec<RunRow>>;
    /// A run and all below it, each after its parent.
    fn family(&self, run: &RunId) -> Result<Vec<RunRow>>;
    fn count_runs(&self) -> Result<Vec<(String, u64)>>;
    /// Runs that want somebody to carry them, oldest first: ready, with a time or a turn that has come or left by a dead owner, not
    /// paused, and not held by a living one. A run that has ended is ready while its parent, or a child that it left, has not been told. `claim` decides.
    fn ready(&self, now: i64) -> Result<Vec<RunRow>>;
    /// Who made what is kept under a digest.
    fn maker(&self, digest: &str) -> Result<Option<(RunId, Key)>>;
    /// The runs of a key that have not ended, in the order in which they came.
    fn turns(&self, key: &str) -> Result<Vec<RunTurn>>;
    /// Whether a run that is not paused waits for its turn.
    fn anybody_waits_for_a_turn(&self) -> Result<bool>;
    /// The earliest time at which a parked run wants to go on.
    fn next_due(&self) -> Result<Option<i64>>;

    fn actions(&self, filter: &ActionFilter) -> Result<Vec<ActionRow>>;
    /// The run an action belongs to: the open one of this id, else the latest settled one.
    fn action_run(&self, action: &ActionId) -> Result<Option<RunId>>;

    /// What this thread writes to the project until `work` returns is one transaction, durable when this returns. It reads
    /// what it wrote, others do not; they wait with what they write. Nothing of it stays if `work`, which is called once,
    /// fails or says so. It must not be called within itself.
    fn together(&self, work: &mut dyn FnMut() -> Result<Stays>) -> Result<()>;

    /// A number that changes whenever anybody, in any process, commits to this project.
    fn version(&self) -> Result<u64>;
    /// Wait until `version` is no longer `seen`, at most `timeout`; true if it changed.
    fn wait_change(&self, seen: u64, timeout: Duration) -> Result<bool>;

    /// The folder where this run's artifact files are.
    fn artifacts(&self, run: &RunId) -> std::path::PathBuf;
}

/// What is to stay of what was written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    All,
    Nothing,
}

/// One transition of a run: events that are durable together, and what the lists must say after them.
#[derive(Debug)]
pub struct Entry<'a> {
    pub run: &'a RunId,
    /// The number of events the run had before.
    pub after: u64,
    /// `Some` where only the one who carries the run may append (its own decisions); events from outside need no owner.
    pub owner: Option<&'a str>,
    pub at: i64,
    pub events: &'a [Event],
    pub row: &'a RunRow,
    /// All open actions of the run, where they changed.
    pub actions: Option<&'a [ActionRow]>,
    /// The application of a pattern that the run is, where it is one.
    pub application: Option<&'a ApplicationRow>,
    /// The turn that the run has or waits for, where its workflow limits how many go on at once.
    pub turn: Option<&'a TurnRow>,
    /// What others may take from the cache.
    pub cached: &'a [CacheRow],
}

/// The step of a run that made what is kept under a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheRow {
    pub digest: String,
    pub step: Key,
}

/// How many runs of a key may go on at once, and whether this is one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    pub key: String,
    pub limit: u32,
    pub held: bool,
}

/// A run of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTurn {
    pub run: RunId,
    pub limit: u32,
    /// It goes on; one that does not waits for its turn.
    pub held: bool,
    pub paused: bool,
}

/// What lists say of a run. Everything in it can be rebuilt from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    pub run: RunId,
    pub workflow: String,
    pub version: Option<String>,
    /// As `engine::status::Status` prints it.
    pub status: String,
    pub current_step: Option<String>,
    pub steps_done: u64,
    pub steps_total: u64,
    pub pending: u64,
    pub error: Option<String>,
    pub started_at: i64,
    pub updated_at: i64,
    pub ended_at: Option<i64>,
    /// When a parked run wants to go on; `None` while it needs to be carried now, or needs somebody.
    pub due: Option<i64>,
    /// True while the run waits for nothing but to be carried on.
    pub ready: bool,
    pub parent: Option<RunId>,
    pub started_by: String,
    pub labels: serde_json::Map<String, Value>,
    /// The work item it serves; its status follows the run's by the commit that changes it.
    pub work_item: Option<String>,
}

/// An open action as the inbox shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionRow {
    pub action: ActionId,
    pub run: RunId,
    pub step: String,
    pub kind: ActionKind,
    pub role: Option<String>,
    pub title: String,
    pub generation: u32,
    pub holder: Option<Actor>,
    pub lease_until: Option<i64>,
    pub deadline: Option<i64>,
    pub created_at: i64,
}

#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    pub status: Vec<String>,
    pub workflow: Option<String>,
    pub parent: Option<RunId>,
    /// Only runs that were there in this half-open range of time: begun before its end, not over before its start.
    pub during: Option<(i64, i64)>,
    /// Only runs started before this one, for paging.
    pub before: Option<RunId>,
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub struct ActionFilter {
    pub run: Option<RunId>,
    pub role: Option<String>,
    pub limit: Option<usize>,
}
