//! Failed steps get another chance: what failed begins anew, what never began because of it may begin again.

use super::super::event::{Key, SkipReason};
use super::super::node::{Container, Done, Layer, NodeId, State, Work};
use super::super::run::{Admission, Run};
use super::super::version::RETRIES_WHAT_IS_NAMED;

impl Run {
    /// With no `steps`, everything that failed.
    pub(super) fn revive(&mut self, steps: &[Key], at: i64) -> Result<(), String> {
        let Some((_, main)) = self.facts.lists.first().copied() else { return Err("it has no steps".into()) };
        let named: Vec<NodeId> = steps.iter().map(|step| self.node_of(step)).collect::<Result<_, _>>()?;
        self.facts.ended = None;
        self.facts.error = None;
        self.facts.timed_out = false;
        if self.facts.admission == Admission::Now {
            self.facts.admission = Admission::Before;
        }
        self.facts.clock_started = at;
        self.facts.lists.truncate(1);
        self.reopen(main, &named, at);
        Ok(())
    }

    fn reopen(&mut self, id: NodeId, named: &[NodeId], at: i64) {
        let children = self.node(id).container.children.clone();
        let failing = self.stays_failed(&children, named);
        for child in &children {
            let goes_on = failing.is_none() || self.has_failed(*child);
            if goes_on {
                self.revive_child(*child, named, at);
            }
        }
        for child in &children {
            self.count_missing(id, *child);
        }
        let open = children.iter().filter(|child| !self.node(**child).is_done()).count();
        let timeout = self.step_of(id).and_then(|step| step.timeout_ms);
        let node = self.node_mut(id);
        node.container.failing = failing;
        node.container.stopped = false;
        node.container.open = u32::try_from(open).unwrap_or(u32::MAX);
        node.failure = None;
        node.ended_at = None;
        node.deadline =
            timeout.filter(|_| node.layer == Layer::Body).map(|ms| at.saturating_add_unsigned(ms));
        if node.layer == Layer::Loop {
            self.fill_loop(id);
        } else {
            self.set(id, if open == 0 { State::Closing } else { State::Inside });
        }
    }

    /// What still fails those around it, because nobody asked for another chance for it.
    fn stays_failed(&self, children: &[NodeId], named: &[NodeId]) -> Option<NodeId> {
        let stays = |child: &&NodeId| self.breaks(**child) && !self.is_chosen(**child, named);
        children.iter().find(stays).copied().filter(|_| self.shows(RETRIES_WHAT_IS_NAMED))
    }

    fn is_chosen(&self, id: NodeId, named: &[NodeId]) -> bool {
        named.is_empty() || named.iter().any(|name| self.holds(id, *name))
    }

    fn revive_child(&mut self, id: NodeId, named: &[NodeId], at: i64) {
        let begun = !self.node(id).container.children.is_empty();
        match self.node(id).state {
            State::Done(Done::Failed) if !self.is_tolerated(id) || !named.is_empty() => {
                if !self.is_chosen(id, named) {
                    return;
                }
                self.node_mut(id).tries = 0;
                if self.node(id).container.children.is_empty() {
                    self.start_anew(id);
                } else {
                    self.reopen(id, named, at);
                }
            }
            // Its places have their names, and what is done in it is done.
            State::Done(Done::Cancelled) if begun && self.shows(RETRIES_WHAT_IS_NAMED) => {
                self.reopen(id, named, at);
            }
            State::Done(Done::Cancelled | Done::Skipped(SkipReason::Upstream | SkipReason::Cancelled)) => {
                self.start_anew(id);
            }
            _ => {}
        }
    }

    /// As if it had never begun, but for the number of its attempts.
    fn start_anew(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        node.container = Container::default();
        node.failure = None;
        node.output = None;
        node.sought = None;
        node.work = Work::Own;
        node.ended_at = None;
        node.deadline = None;
        self.set(id, State::Blocked);
    }

    /// A blocked child waits for those of its needs that are not done.
    fn count_missing(&mut self, parent: NodeId, id: NodeId) {
        let node = self.node(id);
        if node.state != State::Blocked {
            return;
        }
        let siblings = &self.node(parent).container.children;
        let needs = node.step.map(|step| self.outline.needs(step)).unwrap_or_default();
        let inside_list = matches!(self.node(parent).layer, Layer::List | Layer::Body);
        let missing = needs
            .iter()
            .filter(|need| {
                siblings.get(**need as usize).is_some_and(|sibling| !self.node(*sibling).is_done())
            })
            .count();
        let missing = if inside_list { u32::try_from(missing).unwrap_or(u32::MAX) } else { 0 };
        self.node_mut(id).missing = missing;
        if missing == 0 {
            self.set(id, State::Ready);
        }
    }

    fn holds(&self, id: NodeId, inner: NodeId) -> bool {
        let mut at = Some(inner);
        while let Some(node) = at {
            if node == id {
                return true;
            }
            at = self.node(node).parent;
        }
        // Naming a container means everything that failed inside it.
        let mut at = Some(id);
        while let Some(node) = at {
            if node == inner {
                return true;
            }
            at = self.node(node).parent;
        }
        false
    }
}
