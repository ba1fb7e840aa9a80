//! The trait every driver offers to the operations. Its methods block; none takes longer than its `wait` says.

use crate::engine::event::{ActionId, Actor, Applied, Content, Key, Parent, PlanHash, Problem, RunId, Spent};
use crate::engine::status::{Account, LogLine, PendingAction, Place, RunReport, Status};
pub use crate::engine::{Again, Reach};
use crate::language::plan::Plan;
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error as ThisError;

/// A run that was waited for.
#[derive(Debug, Clone)]
pub struct Waited {
    pub report: RunReport,
    /// False where the time was over before.
    pub rests: bool,
}

/// Is told the id of a run that is beginning; whether it may.
pub type Beside<'a> = &'a mut dyn FnMut(&RunId) -> Result<bool, crate::store::Error>;

pub trait Driver: Send + Sync {
    /// Look at each thing that a pattern requires of a target, in the order of their names, for at most `patience` in all.
    fn prove(&self, prospect: &Prospect<'_>, patience: Duration) -> Result<Vec<(String, Proof)>, Error>;
    /// Begin a run; it is durable when this returns. Nothing is carried yet.
    fn start(&self, start: Start) -> Result<RunId, Error>;
    /// The plan, the inputs and the folder that a run began with.
    fn beginning(&self, run: &RunId) -> Result<Began, Error>;
    /// Begin a run that takes over what another has done; durable when this returns, like `start`.
    fn branch(&self, branch: Branch) -> Result<Branched, Error>;
    /// Begin a run in one transaction with what is written beside it; none where that says no.
    fn start_beside(&self, start: Start, beside: Beside<'_>) -> Result<Option<RunId>, Error>;
    /// Carry the run in this process until it is parked or has ended; returns at once.
    fn carry(&self, run: &RunId) -> Result<(), Error>;
    /// Carry every run of the project that wants it (an owner died, a time has come), from now on. How many were
    /// taken up; one that this process has given up is left to others.
    fn carry_ready(&self) -> Result<usize, Error>;
    /// Whether this process was asked to carry every run that wants it, and keeps doing so.
    fn carries_all(&self) -> bool;
    /// Whether this process carries nothing.
    fn is_idle(&self) -> bool;
    /// Wait until the run rests (it needs somebody or an event, or has ended), at most `timeout`.
    fn wait(&self, run: &RunId, timeout: Option<Duration>) -> Result<Waited, Error>;
    /// Wait until the run has more than `seq` events, at most `timeout`; how many it has.
    fn wait_change(&self, run: &RunId, seq: u64, timeout: Duration) -> Result<u64, Error>;
    fn describe(&self, run: &RunId) -> Result<RunReport, Error>;
    /// What became of each place of the run by now, in the order in which they came to be.
    fn accounts(&self, run: &RunId) -> Result<Vec<Account>, Error>;
    /// Each place of the run with how it stands, in the order in which somebody reads them.
    fn places(&self, run: &RunId) -> Result<Vec<Place>, Error>;
    /// Decide everything of a run's journal once more; nothing is done.
    fn replay(&self, run: &RunId) -> Result<Vec<Replayed>, Error>;
    /// What happened after event `after`, told for people.
    fn log(&self, run: &RunId, after: u64) -> Result<Vec<LogLine>, Error>;

    /// Set free what holders have whose process is known to be gone.
    fn free_abandoned(&self) -> Result<(), Error>;
    /// Hand an action to `by` under a lease. An action that `by` holds already is handed out again unchanged.
    fn lease(&self, action: &ActionRef, by: &Actor, lease: Option<Duration>) -> Result<PendingAction, Error>;
    fn renew(&self, action: &ActionRef, by: &Actor, renewal: Renewal) -> Result<PendingAction, Error>;
    fn release(&self, action: &ActionRef, by: &Actor, note: Option<String>) -> Result<(), Error>;
    /// Hand in what was done. Returns once it is accepted, refused, or its proof takes longer than `wait`.
    fn submit(&self, submit: Submit) -> Result<Submitted, Error>;

    /// True where it changed something.
    fn signal(&self, run: &RunId, signal: Signal, by: &Actor) -> Result<bool, Error>;
    /// The events that steps of the run wait for.
    fn awaited(&self, run: &RunId) -> Result<Vec<Awaited>, Error>;
    /// The run goes on elsewhere from here on, with its children: nothing more may happen to it here. Refused while something
    /// of it is under way on this machine.
    fn depart(&self, run: &RunId, by: &Actor, to: Option<&str>) -> Result<(), Error>;
    /// A run whose entries were brought here goes on here. Called in the transaction that brings it, for its parent first.
    fn arrive(&self, arrival: &Arrival<'_>) -> Result<(), Error>;
    /// Replay a run, and compare what lists say of it with that; its plan is taken for what it was.
    fn examine(&self, run: &RunId) -> Result<Examined, Error>;
    /// Write what lists say of a run as its journal has it.
    fn rebuild(&self, run: &RunId) -> Result<(), Error>;

    /// Stop carrying: effects of this process end, the runs stay where they are and can be taken up again.
    fn shut_down(&self);
}

/// What a run begins with. The inputs are checked and complete.
#[derive(Debug, Clone)]
pub struct Start {
    pub plan: Arc<Plan>,
    pub inputs: Map<String, Value>,
    pub by: Actor,
    /// Working directory of its scripts.
    pub dir: String,
    /// A name of the caller's choosing; drawn when absent.
    pub run: Option<RunId>,
    pub parent: Option<Parent>,
    pub labels: Map<String, Value>,
    /// The work item it serves.
    pub work_item: Option<String>,
    /// What a pattern is applied to.
    pub applied: Option<Applied>,
    /// Nothing is taken from the cache.
    pub no_cache: bool,
}

/// What a run began with.
#[derive(Debug, Clone)]
pub struct Began {
    pub plan: Arc<Plan>,
    pub inputs: Map<String, Value>,
    pub dir: String,
}

/// A run that is to be made from another. The inputs are checked and complete.
#[derive(Debug, Clone)]
pub struct Branch {
    pub from: RunId,
    /// What of it is not taken over.
    pub again: Again,
    pub plan: Arc<Plan>,
    pub inputs: Map<String, Value>,
    pub dir: String,
    pub by: Actor,
    pub purpose: Purpose,
}

/// What is wanted of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To see what would be taken over.
    Look,
    /// A second run beside the first.
    Fork,
    /// The same work, by another plan: the first run ends, and answers for nothing any more. It must be as it was seen.
    Continue { seen: u64 },
}

/// A decision of a run, taken once more.
#[derive(Debug, Clone)]
pub struct Replayed {
    pub line: LogLine,
    /// What was to be done: its kind, and in full but for its secrets.
    pub act: Option<(&'static str, String)>,
    /// What is decided today in its place, in words; nothing, where that is the same.
    pub otherwise: Option<String>,
}

/// What became of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branched {
    /// Absent where somebody only looked.
    pub run: Option<RunId>,
    /// How many events the other run had.
    pub seen: u64,
    /// The steps that are as they were.
    pub kept: Vec<Key>,
    /// The steps that had been done, and are done again.
    pub again: Vec<Key>,
    /// The steps that had been done, and are in the new plan no more.
    pub gone: Vec<Key>,
}

/// A run that was brought here, by whom, and where its scripts start from now on.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub run: &'a RunId,
    pub by: &'a Actor,
    pub dir: &'a str,
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    pub events: u64,
    /// A rolling hash of all decisions.
    pub trail: u64,
    pub status: Status,
    /// The plan it began with.
    pub plan: PlanHash,
    /// What the list of applications must say, where the run is one.
    pub application: Option<Value>,
    pub differences: Vec<Difference>,
}

/// Something that is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub what: String,
    pub expected: String,
    pub got: String,
}

/// What a pattern would be applied with, in the folder where its scripts would start.
#[derive(Debug, Clone, Copy)]
pub struct Prospect<'a> {
    pub plan: &'a Plan,
    pub inputs: &'a Map<String, Value>,
    pub target: &'a Value,
    pub dir: &'a Path,
}

/// What was found of one thing that is required, with what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Holds(String),
    Fails(String),
    /// Why it can't be looked at.
    Unknown(String),
}

/// An action, as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRef {
    pub run: RunId,
    pub action: ActionId,
    /// `None` where the caller gave no generation: then the present one is meant if the caller may use it.
    pub generation: Option<u32>,
}

#[derive(Debug, Clone, Default)]
pub struct Renewal {
    pub lease: Option<Duration>,
    pub note: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Submit {
    pub action: ActionRef,
    pub by: Actor,
    pub content: Content,
    /// What it took, as `by` reports.
    pub spent: Spent,
    /// How long a proof (validation checks) may keep the caller waiting.
    pub wait: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    Accepted,
    /// The same submission was accepted before.
    AlreadyAccepted,
    /// Its checks are still running; the run's report will tell.
    Proving,
    /// It is with its holder again, with what to mend.
    Refused(Vec<Problem>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    Cancel {
        reason: Option<String>,
    },
    Pause,
    Resume,
    /// Failed steps get another chance; all of them where none is named.
    Retry {
        steps: Vec<Key>,
    },
    Event {
        name: String,
        payload: Value,
        reach: Reach,
    },
}

/// An event that a step waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub workflow: String,
    pub step: Key,
    pub event: String,
    /// When the wait ends by itself.
    pub due: Option<i64>,
}

/// What a live view is told while this process carries runs. Called from the threads that carry; must be quick.
pub trait Observer: Send + Sync {
    fn event(&self, run: &RunId, line: &LogLine);
    /// A piece of a step's output, secrets masked.
    fn output(&self, run: &RunId, step: &Key, text: &str);
}

#[derive(Debug, ThisError)]
pub enum Error {
    #[error("{what} {name} was not found")]
    NotFound { what: &'static str, name: String },
    /// The caller's generation is no longer the one that counts.
    #[error("action {action} is at generation {generation} now, held by {holder}: stop working on it")]
    Superseded { action: String, generation: u32, holder: String },
    /// Somebody else holds it and the lease has not lapsed.
    #[error("action {action} is held by {holder} until {until}")]
    Held { action: String, holder: String, until: String },
    #[error("action {action} was settled at {at} by {by}: {accepted}")]
    Settled { action: String, at: String, by: String, accepted: String },
    #[error("run {run} has ended ({}): stop", .status.as_str())]
    Ended { run: String, status: Status },
    #[error("run {run} goes on elsewhere: it was moved{to} at {at} by {by}")]
    Moved { run: String, to: String, at: String, by: String },
    #[error("{0}")]
    NotPermitted(String),
    /// Asked of a run that is in no state for it.
    #[error("{0}")]
    Conflict(String),
    #[error("{message}")]
    Invalid { message: String, problems: Vec<Problem> },
    /// Its workflow limits how many go on at once, and has it refused where there is no room.
    #[error("{} of at most {limit} runs with the concurrency key `{key}` go on: {}", .runs.len(), .runs.join(", "))]
    Busy { key: String, limit: u32, runs: Vec<String> },
    #[error("{pending} pending actions wait in this project, its limit is {limit}")]
    TooManyPending { pending: u64, limit: u64 },
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}
