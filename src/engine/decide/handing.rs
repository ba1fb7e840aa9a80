//! Handing actions out and taking in what was done: who may, when, and what it comes to.

use super::super::action::{Action, Claim, Handed, Rejection, SelfApproval};
use super::super::event::{
    ActionId, ActionKind, Actor, Content, Event, Face, Json, Output, Submission, Verdict,
};
use super::super::node::State;
use super::super::run::Run;
use super::super::steps;
use crate::language::plan::{self, Parse};
use serde_json::Value;

impl Run {
    /// Hand an action out; `None` if the caller holds it already.
    pub fn lease(&self, claim: &Claim<'_>, lease_ms: Option<u64>) -> Result<Option<Event>, Rejection> {
        let action = self.open_action(claim.action, claim.generation)?;
        if let Some((holder, until)) = action.living_holder(claim.now) {
            return if holder.is(claim.by) {
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

    /// The holder is known to be gone, and no longer holds it.
    pub fn abandon(&self, id: &ActionId, now: i64) -> Option<Event> {
        let action = self.open_action(id, None).ok()?;
        action.living_holder(now)?;
        Some(Event::Abandoned { action: id.clone(), generation: action.generation })
    }

    /// An open action that nobody else holds: who names its generation holds it.
    fn held_action(&self, claim: &Claim<'_>) -> Result<&Action, Rejection> {
        let action = self.open_action(claim.action, claim.generation)?;
        match action.living_holder(claim.now) {
            Some((holder, until)) if claim.generation.is_none() && !holder.is(claim.by) => {
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
                return Ok(vec![self.failed(action.node, steps::failure("submitted", message.clone()), now)]);
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
        Ok(vec![self.failed(action.node, steps::failure("rejected", detail), now)])
    }

    fn decide_interrupted(&self, action: &Action, submission: &Submission) -> Result<Vec<Event>, Rejection> {
        let step = action.opened.step.clone();
        let wanted =
            "say {\"decision\": \"ran\"}, \"again\" or \"give_up\"; with \"ran\" a \"result\" may be given";
        let Content::Result(value) = &submission.content else { return Err(invalid(wanted)) };
        let value = value.parse();
        match value.get("decision").and_then(Value::as_str) {
            Some("ran") => {
                let output = self.said_of(action, value.get("result"));
                Ok(vec![
                    Event::Resolved { step: step.clone(), verdict: Verdict::Ran },
                    Event::Finished { step, output },
                ])
            }
            Some("again") => Ok(vec![Event::Resolved { step, verdict: Verdict::Again }]),
            Some("give_up") => {
                let error = steps::failure("interrupted", "given up after it was interrupted".to_owned());
                let resolved = Event::Resolved { step, verdict: Verdict::GiveUp };
                Ok(vec![resolved, self.failed_for_good(action.node, error)])
            }
            _ => Err(invalid(wanted)),
        }
    }

    /// The output of a step that did its work unseen, by what somebody says it was.
    fn said_of(&self, action: &Action, result: Option<&Value>) -> Output {
        let step = self.step_of(action.node);
        let prints = step.is_some_and(|step| matches!(step.action, plan::Action::Shell(_)));
        let parse = step.map_or(Parse::Text, |step| step.parse);
        match result {
            Some(Value::String(said)) if prints && parse == Parse::Text => {
                Output { stdout: Some(Json::text(said)), exit_code: Some(0), ..Output::default() }
            }
            _ => Output { result: result.map(Json::of), ..Output::default() },
        }
    }

    /// An approval is another's word: not the initiator's, not that of whoever did the work.
    fn may_approve(&self, action: &Action, by: &Actor) -> Result<(), Rejection> {
        if by.is_person() {
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

    fn open_action(&self, id: &ActionId, generation: Option<u32>) -> Result<&Action, Rejection> {
        let action = self.action(id).ok_or(Rejection::Unknown)?;
        self.is_here()?;
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
}

fn invalid(message: &str) -> Rejection {
    Rejection::Invalid { message: message.to_owned(), problems: Vec::new() }
}
