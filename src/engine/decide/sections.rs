//! Which list of a run comes after which, and how a run ends.

use super::super::event::{End, Event, Failure, Json, Section};
use super::super::node::{Layer, NodeId, State, Underway};
use super::super::run::Run;
use super::super::scope;
use super::super::status::Status;
use super::super::steps::failure;
use serde_json::Value;
use std::collections::BTreeSet;

impl Run {
    /// The list that follows the one that is closing, or the end.
    pub(super) fn next_section(&self) -> Event {
        let current = self.facts.lists.last().map_or(Section::Main, |(section, _)| *section);
        let undo = self.facts.cancel.is_some() && !self.facts.undoable.is_empty();
        let failed = self.facts.cancel.is_none() && self.failure_so_far().is_some();
        let finally_came = self.facts.lists.iter().any(|(section, _)| *section == Section::Finally);
        let has_finally = !self.plan().finally.is_empty() && !finally_came && !self.was_never_let_in();
        let has_on_failure = !self.plan().on_failure.is_empty();
        let section = match current {
            _ if undo && current != Section::Undo => Section::Undo,
            Section::Main if failed && has_on_failure => Section::OnFailure,
            _ if has_finally => Section::Finally,
            _ => return self.end_of_run(),
        };
        Event::SectionEntered { section }
    }

    fn end_of_run(&self) -> Event {
        if let Some(cancel) = &self.facts.cancel {
            let reason = cancel.reason.clone().unwrap_or_else(|| format!("cancelled by {}", cancel.by.name));
            let error = Some(failure("cancelled", reason));
            return Event::Ended { status: End::Cancelled, outputs: None, error };
        }
        if let Some(error) = self.failure_so_far() {
            return Event::Ended { status: End::Failed, outputs: None, error: Some(error) };
        }
        let (_, main) = self.facts.lists[0];
        match scope::resolve_map(self, main, &self.plan().outputs) {
            Ok(outputs) => {
                let outputs = Some(Json::of(&Value::Object(outputs)));
                Event::Ended { status: End::Completed, outputs, error: None }
            }
            Err(error) => {
                let error =
                    Failure { message: format!("its outputs can't be made: {}", error.message), ..error };
                Event::Ended { status: End::Failed, outputs: None, error: Some(error) }
            }
        }
    }

    /// Why the run is failing, if it is.
    pub(in crate::engine) fn failure_so_far(&self) -> Option<Failure> {
        if self.facts.timed_out {
            return Some(failure("timeout", "the time of the whole run is over".to_owned()));
        }
        self.facts
            .lists
            .iter()
            .filter(|(section, _)| matches!(section, Section::Main | Section::Finally))
            .find_map(|(_, list)| self.node(*list).container.failing)
            .map(|failing| self.failure_within(failing))
    }

    /// What the run is doing, in one word.
    pub fn status(&self) -> Status {
        if self.has_moved() {
            return Status::Moved;
        }
        if let Some(ended) = &self.facts.ended {
            return match ended.status {
                End::Completed => Status::Completed,
                End::Failed => Status::Failed,
                End::Cancelled => Status::Cancelled,
            };
        }
        if self.facts.paused {
            Status::Paused
        } else if !self.open_actions().is_empty() {
            Status::PendingAction
        } else if self.is_busy() || self.facts.started.is_none() {
            Status::Running
        } else {
            Status::Waiting
        }
    }

    /// True while something is under way on this machine or wants a decision now.
    pub fn is_busy(&self) -> bool {
        if self.has_moved() {
            return false;
        }
        let waits = self.facts.paused || self.waits_for_its_turn();
        let deciding = !self.facts.agenda.is_empty() && !waits && self.facts.ended.is_none();
        deciding || !self.facts.underway.is_empty()
    }

    /// Everything that a node comes after, and what is inside that.
    pub(in crate::engine) fn ancestors(&self, id: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        let mut at = id;
        while let Some(parent) = self.node(at).parent {
            if matches!(self.node(parent).layer, Layer::List | Layer::Body) {
                self.collect_needs(parent, at, &mut found);
            }
            at = parent;
        }
        found
    }

    fn collect_needs(&self, parent: NodeId, id: NodeId, found: &mut BTreeSet<NodeId>) {
        let siblings = &self.node(parent).container.children;
        let mut ahead = vec![id];
        while let Some(next) = ahead.pop() {
            let needs = self.node(next).step.map(|step| self.outline.needs(step)).unwrap_or_default();
            for sibling in needs.iter().filter_map(|need| siblings.get(*need as usize)) {
                if !found.contains(sibling) {
                    self.collect_inside(*sibling, found);
                    ahead.push(*sibling);
                }
            }
        }
    }

    fn collect_inside(&self, id: NodeId, found: &mut BTreeSet<NodeId>) {
        found.insert(id);
        for child in &self.node(id).container.children {
            self.collect_inside(*child, found);
        }
    }

    /// What a new carrier finds under way that nobody carries any more.
    pub fn interruptions(&self) -> Vec<Event> {
        let dead = self.facts.underway.iter().filter(|id| {
            matches!(
                self.node(**id).state,
                State::Running | State::Seeking | State::Checking { underway: Underway::Effect, .. }
            )
        });
        dead.map(|id| Event::Interrupted { step: self.node(*id).key.clone() }).collect()
    }
}
