//! One place of a run where something happens: a step, an item of its loop, a round of its repetition.

use super::event::{ActionId, Failure, Json, Key, Output, Phase, RunId, SkipReason};
use super::outline::StepId;
use serde::{Deserialize, Serialize};

pub type NodeId = u32;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Node {
    pub key: Key,
    /// `None` for the lists of the run itself.
    pub step: Option<StepId>,
    pub parent: Option<NodeId>,
    pub layer: Layer,
    /// Its number among what its parent holds: position in the list, item, or round.
    pub position: u32,
    pub state: State,
    /// How many of its needs are not settled.
    pub missing: u32,
    /// Attempts begun, in all.
    pub attempt: u32,
    /// Attempts that count for the retry policy: a person's `retry` starts them anew.
    pub tries: u32,
    /// Absolute end of its time, where it has one.
    pub deadline: Option<i64>,
    /// What it is kept under in the cache.
    #[serde(default)]
    pub sought: Option<Sought>,
    #[serde(default)]
    pub work: Work,
    pub output: Option<Output>,
    pub failure: Option<Failure>,
    pub container: Container,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
}

/// Where a step's result is kept, and who made it where it was there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    pub digest: String,
    pub found: Option<RunId>,
}

/// Who did the work of a node that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Work {
    #[default]
    Own,
    /// Another run did it, and answers for it.
    Kept,
    /// Another run did it, and this one answers for it.
    Owed,
}

/// Which of a step's layers a node is: a step with a loop has an instance for each item, and so on inwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// A list of the run: main, on failure, undo, finally.
    List,
    Loop,
    Repeat,
    Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Needs others.
    Blocked,
    /// To be decided: condition, loop.
    Ready,
    /// A check is next, or under way.
    Checking {
        phase: Phase,
        index: u32,
        underway: Underway,
    },
    /// Past its gates: the next attempt may begin.
    Starting,
    /// The next attempt or round begins then.
    Delayed {
        due: i64,
    },
    /// The cache is being asked.
    Seeking,
    /// An effect is under way.
    Running,
    Waiting {
        due: Option<i64>,
        event: Option<String>,
    },
    Acting {
        action: ActionId,
    },
    Child {
        run: RunId,
    },
    /// Others inside it are under way.
    Inside,
    /// All inside it is settled: it is to be closed.
    Closing,
    Interrupted,
    Done(Done),
}

/// Whether a check has been started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Underway {
    No,
    Effect,
    Review(ActionId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    Succeeded,
    Failed,
    Skipped(SkipReason),
    Cancelled,
}

/// What a node holds that has others inside.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Container {
    pub children: Vec<NodeId>,
    /// Children that are not done.
    pub open: u32,
    /// The child whose failure fails it.
    pub failing: Option<NodeId>,
    /// The items of a loop.
    pub items: Vec<Json>,
    /// Told to end: it is cancelled once nothing inside it is under way.
    pub stopped: bool,
}

impl Node {
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done(_))
    }

    /// Whether what fails now fails before an attempt began: that is one of those that are granted, too.
    pub fn is_before_its_attempt(&self) -> bool {
        matches!(self.state, State::Checking { phase: Phase::Enforcement, .. })
    }

    /// The word that expressions and reports use.
    pub fn status_word(&self) -> &'static str {
        match self.state {
            State::Blocked => "blocked",
            State::Ready | State::Starting | State::Delayed { .. } => "queued",
            State::Done(Done::Succeeded) => "completed",
            State::Done(Done::Failed) => "failed",
            State::Done(Done::Skipped(_)) => "skipped",
            State::Done(Done::Cancelled) => "cancelled",
            State::Acting { .. } => "pending_action",
            State::Waiting { .. } => "waiting",
            State::Interrupted => "interrupted",
            State::Running
            | State::Seeking
            | State::Checking { .. }
            | State::Child { .. }
            | State::Inside
            | State::Closing => "running",
        }
    }
}
