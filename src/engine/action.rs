//! The pending action: leased to one holder at a time, fenced by its generation, settled once.

use super::event::{
    ActionId, ActionKind, Actor, Content, Event, Face, Json, Opened, Output, Phase, Problem, Submission,
    Verdict,
};
use super::node::{NodeId, State, Underway};
use super::run::Run;
use super::status::Status;
use crate::language::schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Leases that lapsed: they never spend an attempt.
    pub abandoned: u32,
    pub refused: u32,
    pub problems: Vec<Problem>,
    pub submission: Option<Submission>,
    pub settled_at: Option<i64>,
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
    fn until(&self, action: &Action, lease_ms: Option<u64>) -> i64 {
        self.now.saturating_add_unsigned(lease_ms.unwrap_or(action.opened.lease_ms))
    }
}

/// Why something that was asked of an action is not done.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    Unknown,
    Superseded { generation: u32, holder: String },
    Held { holder: String, until: i64 },
    Settled { at: i64, by: String, accepted: String },
    Ended(Status),
    NotPermitted(String),
    Invalid { message: String, problems: Vec<Problem> },
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

    /// The actions that wait, oldest first.
    pub fn open_actions(&self) -> Vec<&Action> {
        let mut open: Vec<&Action> =
            self.facts.open_actions.iter().filter_map(|id| self.facts.actions.get(id)).collect();
        open.sort_by_key(|action| (action.created_at, action.node));
        open
    }

    /// Hand an action out; `None` if the caller holds it already.
    pub fn lease(&self, claim: &Claim<'_>, lease_ms: Option<u64>) -> Result<Option<Event>, Rejection> {
        let action = self.open_action(claim.action, claim.generation)?;
        if let Some((holder, until)) = action.living_holder(claim.now) {
            return if holder.name == claim.by.name {
                Ok(None)
            } else {
                Err(Rejection::Held { holder: holder.name.clone(), until })
            };
        }
        let lapsed = action.holder.is_some();
        Ok(Some(Event::Leased {
            action: claim.action.clone(),
            generation: action.generation + u32::from(lapsed),
            holder: claim.by.clone(),
            until: claim.until(action, lease_ms),
        }))
    }

    /// Its holder goes on; a note is for the next one.
    pub fn renew(
        &self,
        claim: &Claim<'_>,
        lease_ms: Option<u64>,
        note: Option<String>,
    ) -> Result<Event, Rejection> {
        let action = self.held_action(claim)?;
        let (id, until) = (claim.action.clone(), claim.until(action, lease_ms));
        Ok(Event::Renewed { action: id, generation: action.generation, until, note })
    }

    pub fn release(&self, claim: &Claim<'_>, note: Option<String>) -> Result<Event, Rejection> {
        let action = self.held_action(claim)?;
        Ok(Event::Released { action: claim.action.clone(), generation: action.generation, note })
    }

    /// An open action that nobody else holds: who names its generation holds it.
    fn held_action(&self, claim: &Claim<'_>) -> Result<&Action, Rejection> {
        let action = self.open_action(claim.action, claim.generation)?;
        match action.living_holder(claim.now) {
            Some((holder, until)) if claim.generation.is_none() && holder.name != claim.by.name => {
                Err(Rejection::Held { holder: holder.name.clone(), until })
            }
            _ => Ok(action),
        }
    }

    /// Hand in what was done for an action.
    pub fn submit(
        &self,
        submission: Submission,
        policy: SelfApproval,
        now: i64,
    ) -> Result<Handed, Rejection> {
        let action = self.action(&submission.action).ok_or(Rejection::Unknown)?;
        if let (Some(settled), Some(at)) = (&action.submission, action.settled_at) {
            return if settled.digest == submission.digest {
                Ok(Handed::Again)
            } else {
                Err(Rejection::Settled {
                    at,
                    by: settled.by.name.clone(),
                    accepted: settled.content.summary(),
                })
            };
        }
        let action = self.open_action(&submission.action, Some(submission.generation))?;
        let answer = match action.opened.kind {
            ActionKind::Approval | ActionKind::Review => {
                self.decide_approval(action, &submission, policy, now)?
            }
            ActionKind::Resolve => self.decide_interrupted(action, &submission)?,
            _ => self.decide_result(action, &submission, now)?,
        };
        let mut events = vec![Event::Submitted(Box::new(submission))];
        events.extend(answer);
        Ok(Handed::Events(events))
    }

    fn decide_result(
        &self,
        action: &Action,
        submission: &Submission,
        now: i64,
    ) -> Result<Vec<Event>, Rejection> {
        let step = action.opened.step.clone();
        let value = match &submission.content {
            Content::Result(value) => value,
            Content::Failure { message } => {
                return Ok(vec![self.failed(
                    action.node,
                    super::steps::failure("submitted", message.clone()),
                    now,
                )]);
            }
            Content::Approved { .. } | Content::Rejected { .. } => {
                return Err(invalid("this action wants a result, not an approval: submit it with --result"));
            }
        };
        let problems = self.result_problems(action.node, &value.parse());
        if !problems.is_empty() {
            let (action, generation) = (submission.action.clone(), submission.generation);
            return Ok(vec![Event::Refused { action, generation, problems }]);
        }
        Ok(if self.has_validation(action.node) { Vec::new() } else { vec![Event::Accepted { step }] })
    }

    fn decide_approval(
        &self,
        action: &Action,
        submission: &Submission,
        policy: SelfApproval,
        now: i64,
    ) -> Result<Vec<Event>, Rejection> {
        let step = action.opened.step.clone();
        let (approved, reason) = match &submission.content {
            Content::Approved { reason } => (true, reason),
            Content::Rejected { reason } => (false, reason),
            _ => return Err(invalid("this is an approval: submit it with --approve or --reject")),
        };
        if approved && policy == SelfApproval::Refused {
            self.may_approve(action, &submission.by)?;
        }
        let detail = reason.clone().unwrap_or_else(|| format!("rejected by {}", submission.by.name));
        if let State::Checking { phase, index, .. } = self.node(action.node).state {
            return Ok(if approved {
                vec![Event::CheckPassed { step, phase, index }]
            } else {
                self.check_failed(action.node, (phase, index), detail, now)
            });
        }
        if approved {
            let by = &submission.by;
            let result = serde_json::json!({ "approved": true, "by": by.name, "at_terminal": by.face == Face::Terminal, "reason": reason });
            let output = Output { result: Some(Json::of(&result)), ..Output::default() };
            return Ok(vec![Event::Finished { step, output }]);
        }
        Ok(vec![self.failed(action.node, super::steps::failure("rejected", detail), now)])
    }

    fn decide_interrupted(&self, action: &Action, submission: &Submission) -> Result<Vec<Event>, Rejection> {
        let step = action.opened.step.clone();
        let wanted =
            "say {\"decision\": \"ran\"}, \"again\" or \"give_up\"; with \"ran\" a \"result\" may be given";
        let Content::Result(value) = &submission.content else { return Err(invalid(wanted)) };
        let value = value.parse();
        match value.get("decision").and_then(Value::as_str) {
            Some("ran") => {
                let result = value.get("result").map(Json::of);
                let output = Output { result, ..Output::default() };
                Ok(vec![
                    Event::Resolved { step: step.clone(), verdict: Verdict::Ran },
                    Event::Finished { step, output },
                ])
            }
            Some("again") => Ok(vec![Event::Resolved { step, verdict: Verdict::Again }]),
            Some("give_up") => {
                let error =
                    super::steps::failure("interrupted", "given up after it was interrupted".to_owned());
                let resolved = Event::Resolved { step, verdict: Verdict::GiveUp };
                Ok(vec![resolved, self.failed_for_good(action.node, error)])
            }
            _ => Err(invalid(wanted)),
        }
    }

    /// An approval is another's word: not the initiator's, not that of whoever did the work.
    fn may_approve(&self, action: &Action, by: &Actor) -> Result<(), Rejection> {
        if by.face == Face::Terminal {
            return Ok(());
        }
        let started = self.facts.started.as_ref().is_some_and(|started| started.by.name == by.name);
        if started {
            return Err(Rejection::NotPermitted(format!(
                "{} started this run and can't approve its work too",
                by.name
            )));
        }
        let work = self.ancestors(action.node);
        let made = self.facts.actions.values().find(|other| {
            let theirs = other.submission.as_ref().is_some_and(|submission| submission.by.name == by.name);
            theirs && (work.contains(&other.node) || other.node == action.node)
        });
        match made {
            Some(other) => Err(Rejection::NotPermitted(format!(
                "{} submitted {} and can't approve it too",
                by.name, other.opened.step
            ))),
            None => Ok(()),
        }
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

    fn open_action(&self, id: &ActionId, generation: Option<u32>) -> Result<&Action, Rejection> {
        let action = self.action(id).ok_or(Rejection::Unknown)?;
        let status = self.status();
        if status.is_end() {
            return Err(Rejection::Ended(status));
        }
        let holder = action.holder.as_ref().map_or_else(|| "nobody".to_owned(), |holder| holder.name.clone());
        if let Some(asked) = generation
            && asked != action.generation
        {
            return Err(Rejection::Superseded { generation: action.generation, holder });
        }
        if !self.facts.open_actions.contains(id) {
            let (at, by) = (action.settled_at.unwrap_or(self.facts.updated_at), holder);
            let accepted =
                action.submission.as_ref().map_or("it was called off".to_owned(), |s| s.content.summary());
            return Err(Rejection::Settled { at, by, accepted });
        }
        Ok(action)
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

    /// The action of a node waits no longer.
    pub(super) fn close_action(&mut self, node: NodeId, at: i64) {
        let id = match &self.node(node).state {
            State::Acting { action } | State::Checking { underway: Underway::Review(action), .. } => {
                action.clone()
            }
            // A submission that is being proved keeps its action open.
            State::Checking { phase: Phase::Validation, .. } => match self.action_of(node) {
                Some(id) => id,
                None => return,
            },
            _ => return,
        };
        self.facts.open_actions.remove(&id);
        if let Some(action) = self.facts.actions.get_mut(&id) {
            action.settled_at.get_or_insert(at);
        }
    }

    /// The review that a check asked for is over; the work's own action, if any, goes on.
    pub(super) fn settle_review(&mut self, node: NodeId, at: i64) {
        if let State::Checking { underway: Underway::Review(id), .. } = &self.node(node).state {
            let id = id.clone();
            self.facts.open_actions.remove(&id);
            if let Some(action) = self.facts.actions.get_mut(&id) {
                action.settled_at.get_or_insert(at);
            }
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

fn invalid(message: &str) -> Rejection {
    Rejection::Invalid { message: message.to_owned(), problems: Vec::new() }
}
