//! The pending action: leased to one holder at a time, fenced by its generation, settled once.

use super::event::{ActionId, ActionKind, Actor, Content, Event, Opened, Phase, Problem, Submission};
use super::node::{NodeId, State, Underway};
use super::run::Run;
use super::status::Status;
use crate::language::schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::OnceLock;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Action {
    pub opened: Opened,
    pub node: NodeId,
    pub created_at: i64,
    /// Counts the times it was handed out anew; a submit of an earlier one is refused.
    pub generation: u32,
    pub holder: Option<Actor>,
    pub lease_until: Option<i64>,
    pub note: Option<String>,
    /// Leases that lapsed or were left: they never spend an attempt.
    pub abandoned: u32,
    pub refused: u32,
    pub problems: Vec<Problem>,
    pub submission: Option<Submission>,
    pub settled_at: Option<i64>,
    /// Made when somebody first wants to see it.
    #[serde(skip)]
    pub example: OnceLock<Value>,
}

/// Who wants an action, by which of its ids, and when.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub action: &'a ActionId,
    /// `None` where the caller named none.
    pub generation: Option<u32>,
    pub by: &'a Actor,
    pub now: i64,
}

impl Claim<'_> {
    pub(super) fn until(&self, action: &Action, lease_ms: Option<u64>) -> i64 {
        self.now.saturating_add_unsigned(lease_ms.unwrap_or(action.opened.lease_ms))
    }
}

/// Why something that was asked of an action is not done.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    Unknown,
    Superseded {
        generation: u32,
        holder: String,
    },
    Held {
        holder: String,
        until: i64,
    },
    Settled {
        at: i64,
        by: String,
        accepted: String,
    },
    Ended(Status),
    /// It goes on in another home: where, since when, and by whom.
    Moved {
        to: Option<String>,
        at: i64,
        by: String,
    },
    NotPermitted(String),
    /// The run is in no state for it.
    Conflict(String),
    Invalid {
        message: String,
        problems: Vec<Problem>,
    },
}

/// What handing something in came to.
#[derive(Debug)]
pub enum Handed {
    Events(Vec<Event>),
    /// The very same was handed in before and stands.
    Again,
}

/// Whether a caller may approve what it started or made itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfApproval {
    Refused,
    Allowed,
}

impl Action {
    pub(super) fn new(opened: Opened, node: NodeId, at: i64) -> Self {
        Self {
            opened,
            node,
            created_at: at,
            generation: 1,
            holder: None,
            lease_until: None,
            note: None,
            abandoned: 0,
            refused: 0,
            problems: Vec::new(),
            submission: None,
            settled_at: None,
            example: OnceLock::new(),
        }
    }

    pub(super) fn lease(&mut self, generation: u32, holder: Actor, until: i64, at: i64) {
        if self.holder.as_ref().is_some_and(|old| *old != holder)
            && self.lease_until.is_some_and(|until| until <= at)
        {
            self.abandoned += 1;
        }
        self.generation = generation;
        self.holder = Some(holder);
        self.lease_until = Some(until);
    }

    pub(super) fn renew(&mut self, until: i64, note: Option<String>) {
        self.lease_until = Some(until);
        self.note = note.or(self.note.take());
    }

    pub(super) fn release(&mut self, note: Option<String>) {
        self.holder = None;
        self.lease_until = None;
        self.generation += 1;
        self.note = note.or(self.note.take());
    }

    /// Its lease ends here; whoever takes it next gets a new generation.
    pub(super) fn abandon(&mut self, at: i64) {
        self.lease_until = Some(at);
    }

    pub(super) fn submit(&mut self, submission: Submission, at: i64) {
        self.submission = Some(submission);
        self.settled_at = Some(at);
        self.problems.clear();
    }

    pub(super) fn refuse(&mut self, problems: Vec<Problem>) {
        self.refused += 1;
        self.problems = problems;
        self.submission = None;
        self.settled_at = None;
    }

    /// `k7f3-2`.
    pub fn fenced_id(&self) -> String {
        format!("{}-{}", self.opened.action, self.generation)
    }

    /// The holder whose lease has not lapsed.
    pub fn living_holder(&self, now: i64) -> Option<(&Actor, i64)> {
        let until = self.lease_until.filter(|until| *until > now)?;
        self.holder.as_ref().map(|holder| (holder, until))
    }
}

impl Run {
    pub fn action(&self, id: &ActionId) -> Option<&Action> {
        self.facts.actions.get(id)
    }

    /// The actions that wait for somebody here, oldest first; not those whose submission is being proved.
    pub fn open_actions(&self) -> Vec<&Action> {
        let mut open: Vec<&Action> = self
            .facts
            .open_actions
            .iter()
            .filter_map(|id| self.facts.actions.get(id))
            .filter(|action| action.submission.is_none() && !self.has_moved())
            .collect();
        open.sort_by_key(|action| (action.created_at, action.node));
        open
    }

    /// What is wrong with a result, by the step's schema.
    pub(super) fn result_problems(&self, node: NodeId, value: &Value) -> Vec<Problem> {
        let Some(schema) = self.step_of(node).and_then(|step| step.result.as_ref()) else {
            return Vec::new();
        };
        let violations = schema::check(schema, value);
        violations
            .into_iter()
            .map(|violation| Problem {
                pointer: violation.pointer,
                expected: violation.expected,
                got: violation.got,
            })
            .collect()
    }

    pub(super) fn has_validation(&self, node: NodeId) -> bool {
        self.step_of(node).is_some_and(|step| !step.validation.is_empty())
    }

    pub fn is_open(&self, id: &ActionId) -> bool {
        self.facts.open_actions.contains(id)
    }

    /// True while a person, not a program, proves what was handed in for it.
    pub fn is_under_review(&self, id: &ActionId) -> bool {
        self.action(id).is_some_and(|action| {
            matches!(self.node(action.node).state, State::Checking { underway: Underway::Review(_), .. })
        })
    }

    pub(super) fn action_mut(&mut self, id: &ActionId) -> Result<&mut Action, String> {
        self.facts.actions.get_mut(id).ok_or_else(|| format!("no action {id}"))
    }

    /// The action of a node waits no longer, nor does a review of what was handed in for it.
    pub(super) fn close_action(&mut self, node: NodeId, at: i64) {
        self.settle_review(node, at);
        let id = match &self.node(node).state {
            State::Acting { action } => Some(action.clone()),
            // A submission that is being proved keeps its action open.
            State::Checking { phase: Phase::Validation, .. } => self.action_of(node),
            _ => None,
        };
        if let Some(id) = id {
            self.settle(&id, at);
        }
    }

    fn settle(&mut self, id: &ActionId, at: i64) {
        self.facts.open_actions.remove(id);
        if let Some(action) = self.facts.actions.get_mut(id) {
            action.settled_at.get_or_insert(at);
        }
    }

    /// The review that a check asked for is over; the work's own action, if any, goes on.
    pub(super) fn settle_review(&mut self, node: NodeId, at: i64) {
        if let State::Checking { underway: Underway::Review(id), .. } = &self.node(node).state {
            let id = id.clone();
            self.settle(&id, at);
        }
    }

    /// The open action whose work a node's checks are proving.
    pub(super) fn action_of(&self, node: NodeId) -> Option<ActionId> {
        self.facts
            .open_actions
            .iter()
            .find(|id| {
                self.facts
                    .actions
                    .get(*id)
                    .is_some_and(|action| action.node == node && action.opened.kind != ActionKind::Review)
            })
            .cloned()
    }
}

impl Content {
    /// In a few words, for who comes too late.
    pub fn summary(&self) -> String {
        match self {
            Self::Result(value) => {
                let text: String = value.get().chars().take(80).collect();
                if text.len() < value.get().len() { format!("{text}…") } else { text }
            }
            Self::Approved { .. } => "approved".to_owned(),
            Self::Rejected { .. } => "rejected".to_owned(),
            Self::Failure { message } => format!("failed: {message}"),
        }
    }
}
