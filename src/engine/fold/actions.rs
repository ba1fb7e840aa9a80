//! What opening, submitting and refusing an action makes of its step.

use super::super::action::Action;
use super::super::event::{ActionId, ActionKind, Content, Opened, Output, Phase, Problem, Submission};
use super::super::node::{State, Underway};
use super::super::run::Run;

impl Run {
    pub(super) fn fold_opened(&mut self, opened: &Opened, at: i64) -> Result<(), String> {
        let id = self.live(&opened.step)?;
        let review = (opened.kind == ActionKind::Review).then(|| match &self.node(id).state {
            State::Checking { phase, index, .. } => (*phase, *index),
            State::Closing => (Phase::Validation, 0),
            _ => (Phase::Enforcement, 0),
        });
        if review.is_none() && opened.kind != ActionKind::Resolve {
            self.begin(&opened.step, opened.attempt, at)?;
        }
        self.node_mut(id).deadline = opened.deadline;
        let action = opened.action.clone();
        match review {
            Some((phase, index)) => {
                let underway = Underway::Review(action.clone());
                self.set(id, State::Checking { phase, index, underway });
            }
            None => self.set(id, State::Acting { action: action.clone() }),
        }
        self.facts.actions.insert(action.clone(), Action::new(opened.clone(), id, at));
        self.facts.open_actions.insert(action);
        Ok(())
    }

    pub(super) fn fold_submitted(&mut self, submission: &Submission, at: i64) -> Result<(), String> {
        let action = self.action_mut(&submission.action)?;
        action.submit(submission.clone(), at);
        let node = action.node;
        let is_work =
            !matches!(action.opened.kind, ActionKind::Resolve | ActionKind::Review | ActionKind::Approval);
        if let Content::Result(value) = &submission.content
            && is_work
            && !self.node(node).is_done()
        {
            self.node_mut(node).output = Some(Output { result: Some(value.clone()), ..Output::default() });
            if self.has_validation(node) {
                self.next_check(node, Phase::Validation, 0);
            }
        }
        Ok(())
    }

    pub(super) fn fold_refused(&mut self, action: &ActionId, problems: &[Problem]) -> Result<(), String> {
        let entry = self.action_mut(action)?;
        entry.refuse(problems.to_vec());
        let node = entry.node;
        if !self.node(node).is_done() && !matches!(self.node(node).state, State::Acting { .. }) {
            self.set(node, State::Acting { action: action.clone() });
        }
        Ok(())
    }
}
