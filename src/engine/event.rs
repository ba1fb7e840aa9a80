//! What happened to a run: the only thing the journal keeps, and the only thing a run is made of.
//!
//! Events are facts with every decision already taken: replaying them evaluates no template, reads no clock and
//! draws no random number. Their JSON is a format that is kept for ever (`store::format` has its version).

mod value;
mod started;
mod output;

pub use output::{Failure, Output};
pub use started::Started;
pub use value::{
    ActionId, Actor, Applied, Arrived, Face, Json, Key, Moved, Origin, Parent, PlanHash, ProjectRef, RunId,
    Spent, Turn, Usage,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An event with its place in the run and its time in milliseconds since 1970.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub seq: u64,
    pub at: i64,
    pub event: Event,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Started(Box<Started>),
    /// Its turn has come: fewer of its key go on than are allowed.
    Admitted,
    /// New entropy, because a name drawn from the old one was taken.
    Reseeded {
        seed: u64,
    },

    /// Its condition was false, or what it needs did not succeed.
    Skipped {
        step: Key,
        why: SkipReason,
    },
    /// A loop over `items` began.
    Expanded {
        step: Key,
        items: Json,
    },
    /// The next attempt of a group began; its steps exist from here on.
    Entered {
        step: Key,
        attempt: u32,
    },
    /// The next round of a `repeat` began, or its pause before the round ended.
    Iterated {
        step: Key,
        round: u32,
    },
    /// The step is as another run left it.
    Inherited {
        step: Key,
        attempt: u32,
        output: Output,
        /// This run answers for what was done: it takes it back where it is called off.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        owed: bool,
    },
    /// Its cache key is known, and the intent to look for what was made under it, where it `asks`.
    Sought {
        step: Key,
        key: String,
        digest: String,
        asks: bool,
    },
    /// The step succeeded with what another run made.
    Recalled {
        step: Key,
        output: Output,
        from: RunId,
    },
    /// Nothing was made under its key.
    Missed {
        step: Key,
    },
    /// The intent of an effect on this machine or of an MCP call by this machine.
    Attempted {
        step: Key,
        attempt: u32,
    },
    /// A pending action exists.
    Opened(Box<Opened>),
    /// Waits for a time or for an event; `due` is when the wait ends by itself.
    Waiting {
        step: Key,
        due: Option<i64>,
        event: Option<String>,
    },
    /// The intent of a child run.
    ChildStarted {
        step: Key,
        run: RunId,
    },
    /// The intent of a check (`enforcement` or `validation`, number `index` of the step's list).
    CheckStarted {
        step: Key,
        phase: Phase,
        index: u32,
    },
    CheckPassed {
        step: Key,
        phase: Phase,
        index: u32,
    },
    CheckFailed {
        step: Key,
        phase: Phase,
        index: u32,
        detail: String,
    },
    /// An effect gave this; the step's `validation` has yet to prove it.
    Produced {
        step: Key,
        output: Output,
    },
    /// What was produced or submitted is proved: it is the step's output.
    Accepted {
        step: Key,
    },
    /// The step succeeded.
    Finished {
        step: Key,
        output: Output,
    },
    /// An attempt did not; `retry_at` says when the next one is due.
    Failed {
        step: Key,
        error: Failure,
        retry_at: Option<i64>,
    },
    /// The process that carried the attempt died between its intent and its outcome.
    Interrupted {
        step: Key,
    },
    /// What the step's policy, its check or a person made of it.
    Resolved {
        step: Key,
        verdict: Verdict,
    },
    /// The lists that follow the main one: each begins when the one before it is done.
    SectionEntered {
        section: Section,
    },

    Leased {
        action: ActionId,
        generation: u32,
        holder: Actor,
        until: i64,
    },
    Renewed {
        action: ActionId,
        generation: u32,
        until: i64,
        note: Option<String>,
    },
    Released {
        action: ActionId,
        generation: u32,
        note: Option<String>,
    },
    /// Its holder is known to be gone: the action is free before its lease ends.
    Abandoned {
        action: ActionId,
        generation: u32,
    },
    /// A result, a decision or a failure was handed in; it counts once it is proved.
    Submitted(Box<Submission>),
    /// It was not accepted and is with its holder again.
    Refused {
        action: ActionId,
        generation: u32,
        problems: Vec<Problem>,
    },

    /// An event of this name came in from outside.
    Signalled {
        name: String,
        payload: Json,
        by: Actor,
    },
    /// The run was asked to stop; undo and `finally` follow.
    CancelRequested {
        by: Actor,
        reason: Option<String>,
    },
    Paused {
        by: Actor,
    },
    Resumed {
        by: Actor,
    },
    /// Failed steps get another chance; the run goes on.
    Retried {
        by: Actor,
        steps: Vec<Key>,
    },
    /// The time of the whole run is over.
    TimedOut,
    /// It goes on elsewhere: nothing more happens to it here.
    Moved(Box<Moved>),
    /// It goes on here, where it was brought to.
    Arrived(Box<Arrived>),
    Ended {
        status: End,
        outputs: Option<Json>,
        error: Option<Failure>,
    },
}

/// A pending action as it was when it opened: its texts rendered, so that they never change under its holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    pub action: ActionId,
    pub step: Key,
    pub attempt: u32,
    pub kind: ActionKind,
    pub title: String,
    pub instructions: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// The role it is meant for (`delegate`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Sampling::is_unasked")]
    pub sampling: Sampling,
    /// When the wait for it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
    /// How long a lease lasts when nobody says otherwise.
    pub lease_ms: u64,
}

/// Whether the client of whoever takes an action may let its own model do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    #[default]
    Unasked,
    Allowed,
}

impl Sampling {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_unasked(&self) -> bool {
        *self == Self::Unasked
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    Prompt,
    McpCall,
    Delegate,
    Approval,
    Input,
    Manual,
    /// What became of an interrupted step?
    Resolve,
    /// An approval that a check (`manual-review`, `code-review`) asks for.
    Review,
}

/// What was handed in for an action.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Submission {
    pub action: ActionId,
    pub generation: u32,
    pub by: Actor,
    pub content: Content,
    /// Names this very submit, so that the same one twice is known.
    pub digest: String,
    /// What it took, as whoever did it reports.
    #[serde(default, skip_serializing_if = "Spent::is_nothing")]
    pub spent: Spent,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Result(Json),
    Approved {
        reason: Option<String>,
    },
    Rejected {
        reason: Option<String>,
    },
    /// The holder could not do it.
    Failure {
        message: String,
    },
}

/// Why a submission was not accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// JSON pointer into the result, or the name of a check.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    Condition,
    /// A step it needs was skipped for a failure, or failed.
    Upstream,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Enforcement,
    Validation,
    /// The step's `on_interrupt: {check}`.
    Interrupt,
}

/// What is to become of an interrupted step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It had done its work; its output is lost.
    Ran,
    Again,
    GiveUp,
}

/// The lists of steps of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Main,
    OnFailure,
    Undo,
    Finally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Completed,
    Failed,
    Cancelled,
}
