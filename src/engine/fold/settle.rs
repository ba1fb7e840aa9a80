//! How what becomes of one node moves those around it: dependents, loops, groups, and stopping what is inside.

use super::super::event::{Key, Section, SkipReason};
use super::super::node::{Container, Done, Layer, Node, NodeId, State, Underway, Work};
use super::super::outline::StepId;
use super::super::run::Run;
use crate::language::plan::{OnError, Step, can_be_undone};

/// How what is inside a list is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nothing new begins and waits end; effects under way may end by themselves.
    Gentle,
    /// Effects under way are ended too.
    Hard,
}

impl Run {
    /// Begin one of the run's lists.
    pub(super) fn enter_list(&mut self, section: Section) {
        if let Some((_, before)) = self.facts.lists.last().copied() {
            self.close_list(before);
        }
        let times = self.facts.entered.entry(section).or_default();
        *times += 1;
        let times = *times;
        let name = match section {
            Section::Main => "",
            Section::OnFailure => "@failure",
            Section::Undo => "@undo",
            Section::Finally => "@finally",
        };
        let key = if times == 1 { Key::new(name) } else { Key::new(format!("{name}#{times}")) };
        let list = self.add_node(Node::new(key, None, None, Layer::List, 0));
        self.facts.lists.push((section, list));
        if section == Section::Undo {
            self.fill_undo(list);
        } else {
            let steps = self.outline.section(section).to_vec();
            self.fill(list, &steps);
        }
    }

    /// Nothing is decided about a list that others have followed.
    pub(super) fn close_list(&mut self, list: NodeId) {
        let failed = self.node(list).container.failing.is_some();
        self.set(list, State::Done(if failed { Done::Failed } else { Done::Succeeded }));
    }

    /// Begin the next attempt of a group: its steps exist anew.
    pub(super) fn enter_group(&mut self, id: NodeId) {
        let Some(step) = self.node(id).step else { return };
        let steps = self.outline.children(step).to_vec();
        self.node_mut(id).container = Container::default();
        self.fill(id, &steps);
    }

    fn fill(&mut self, parent: NodeId, steps: &[StepId]) {
        let prefix = self.child_prefix(parent);
        let count = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        self.node_mut(parent).container.open = count;
        for (step, position) in steps.iter().zip(0..) {
            let key = Key::new(format!("{prefix}{}", self.step(*step).id));
            let layer = outer_layer(self.step(*step));
            let mut node = Node::new(key, Some(*step), Some(parent), layer, position);
            node.missing = u32::try_from(self.outline.needs(*step).len()).unwrap_or(u32::MAX);
            let free = node.missing == 0;
            let id = self.add_node(node);
            self.node_mut(parent).container.children.push(id);
            if free {
                self.set(id, State::Ready);
            }
        }
        self.set(parent, if count == 0 { State::Closing } else { State::Inside });
    }

    /// What was done last is undone first, one after the other.
    fn fill_undo(&mut self, list: NodeId) {
        let done: Vec<NodeId> = self.facts.undoable.drain(..).rev().collect();
        for (origin, position) in done.iter().zip(0..) {
            let Some(undo) = self.node(*origin).step.and_then(|step| self.outline.undo(step)) else {
                continue;
            };
            let key = Key::new(format!("{}/{}", self.node(list).key, self.node(*origin).key));
            let id = self.add_node(Node::new(key, Some(undo), Some(list), Layer::Body, position));
            self.node_mut(id).missing = u32::from(position > 0);
            self.node_mut(list).container.children.push(id);
            if position == 0 {
                self.set(id, State::Ready);
            }
        }
        let count = self.node(list).container.children.len();
        self.node_mut(list).container.open = u32::try_from(count).unwrap_or(u32::MAX);
        self.set(list, if count == 0 { State::Closing } else { State::Inside });
    }

    fn child_prefix(&self, parent: NodeId) -> String {
        let node = self.node(parent);
        match (node.layer, node.attempt) {
            (Layer::List, _) if node.key.as_str().is_empty() => String::new(),
            (Layer::List, _) | (_, 0 | 1) => format!("{}/", node.key),
            (_, attempt) => format!("{}#{attempt}/", node.key),
        }
    }

    /// Begin as many items of a loop as may run side by side.
    pub(super) fn fill_loop(&mut self, id: NodeId) {
        let Some(step) = self.node(id).step else { return };
        let parallel = self.step(step).foreach.as_ref().map_or(1, |foreach| foreach.parallel.max(1));
        loop {
            let container = &self.node(id).container;
            let begun = container.children.len();
            if container.open >= parallel || begun >= container.items.len() || container.failing.is_some() {
                break;
            }
            let position = u32::try_from(begun).unwrap_or(u32::MAX);
            let key = Key::new(format!("{}[{position}]", self.node(id).key));
            let layer = if self.step(step).repeat.is_some() { Layer::Repeat } else { Layer::Body };
            let child = self.add_node(Node::new(key, Some(step), Some(id), layer, position));
            let container = &mut self.node_mut(id).container;
            container.children.push(child);
            container.open += 1;
            self.set(child, State::Ready);
        }
        let idle = self.node(id).container.open == 0;
        self.set(id, if idle { State::Closing } else { State::Inside });
    }

    /// Begin a round of a repetition, at `due`.
    pub(super) fn add_round(&mut self, id: NodeId, round: u32, due: Option<i64>) {
        let step = self.node(id).step;
        let key = Key::new(format!("{}~{round}", self.node(id).key));
        let child = self.add_node(Node::new(key, step, Some(id), Layer::Body, round));
        let container = &mut self.node_mut(id).container;
        container.children.push(child);
        container.open = 1;
        self.set(child, due.map_or(State::Ready, |due| State::Delayed { due }));
        self.set(id, State::Inside);
    }

    pub(super) fn add_node(&mut self, node: Node) -> NodeId {
        let id = NodeId::try_from(self.facts.nodes.len()).unwrap_or(NodeId::MAX);
        self.facts.index.insert(node.key.clone(), id);
        self.facts.nodes.push(node);
        id
    }

    /// A node has come to its end; those that waited for it move.
    pub(super) fn finish(&mut self, id: NodeId, done: Done, at: i64) {
        self.node_mut(id).ended_at = Some(at);
        self.set(id, State::Done(done));
        if done == Done::Succeeded && self.is_undoable(id) {
            self.facts.undoable.push(id);
        }
        let Some(parent) = self.node(id).parent else { return };
        if self.node(parent).is_done() {
            return;
        }
        self.node_mut(parent).container.open = self.node(parent).container.open.saturating_sub(1);
        if self.node(parent).container.stopped {
            if self.node(parent).container.open == 0 {
                self.finish(parent, Done::Cancelled, at);
            }
            return;
        }
        match self.node(parent).layer {
            Layer::Repeat => self.set(parent, State::Closing),
            Layer::Loop => self.item_done(parent, id, at),
            Layer::List | Layer::Body => self.sibling_done(parent, id, at),
        }
    }

    fn item_done(&mut self, parent: NodeId, id: NodeId, at: i64) {
        if self.breaks(id) && self.node(parent).container.failing.is_none() {
            self.node_mut(parent).container.failing = Some(id);
            self.stop_inside(parent, Stop::Gentle, at);
        }
        self.fill_loop(parent);
    }

    fn sibling_done(&mut self, parent: NodeId, id: NodeId, at: i64) {
        let in_undo = self.facts.lists.contains(&(Section::Undo, parent));
        if in_undo {
            self.release_position(parent, self.node(id).position + 1);
        } else if self.breaks(id) && self.node(parent).container.failing.is_none() {
            self.node_mut(parent).container.failing = Some(id);
            self.stop_inside(parent, Stop::Gentle, at);
        } else if self.node(parent).container.failing.is_none()
            && let Some(step) = self.node(id).step
        {
            for position in self.outline.dependents(step).to_vec() {
                self.release_position(parent, position);
            }
        }
        if self.node(parent).container.open == 0 {
            self.set(parent, State::Closing);
        }
    }

    fn release_position(&mut self, parent: NodeId, position: u32) {
        let Some(id) = self.node(parent).container.children.get(position as usize).copied() else { return };
        let node = self.node_mut(id);
        node.missing = node.missing.saturating_sub(1);
        if node.missing == 0 && node.state == State::Blocked {
            self.set(id, State::Ready);
        }
    }

    /// It failed, and what is around it fails with it.
    pub(super) fn breaks(&self, id: NodeId) -> bool {
        self.has_failed(id) && !self.is_tolerated(id)
    }

    pub(in crate::engine) fn is_tolerated(&self, id: NodeId) -> bool {
        self.step_of(id).is_some_and(|step| step.on_error == OnError::Continue)
    }

    fn is_undoable(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let has_undo = node.step.is_some_and(|step| self.outline.undo(step).is_some());
        has_undo && self.answers_for(id) && node.layer == Layer::Body && can_be_undone(node.key.as_str())
    }

    /// Whether what a node did is this run's to take back.
    pub(in crate::engine) fn answers_for(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let found = node.sought.as_ref().is_some_and(|sought| sought.found.is_some());
        node.work != Work::Kept && !found
    }

    /// Stop what is inside a node. Its children that can stop at once are done when this returns.
    pub(in crate::engine) fn stop_inside(&mut self, id: NodeId, how: Stop, at: i64) {
        for child in self.node(id).container.children.clone() {
            if self.node(child).is_done() {
                continue;
            }
            self.stop_inside(child, how, at);
            let Some(done) = self.stopped_as(child, how) else {
                self.node_mut(child).container.stopped = true;
                continue;
            };
            self.close_action(child, at);
            self.node_mut(child).ended_at = Some(at);
            self.set(child, State::Done(done));
            let container = &mut self.node_mut(id).container;
            container.open = container.open.saturating_sub(1);
        }
    }

    fn stopped_as(&self, id: NodeId, how: Stop) -> Option<Done> {
        let node = self.node(id);
        let lives_on = match &node.state {
            State::Running | State::Child { .. } | State::Checking { underway: Underway::Effect, .. } => true,
            State::Inside => node.container.open > 0,
            _ => false,
        };
        match (&node.state, how) {
            (_, Stop::Gentle) if lives_on => None,
            (State::Blocked | State::Ready | State::Starting | State::Delayed { .. }, Stop::Gentle) => {
                Some(Done::Skipped(SkipReason::Upstream))
            }
            (State::Blocked | State::Ready, Stop::Hard) => Some(Done::Skipped(SkipReason::Cancelled)),
            _ => Some(Done::Cancelled),
        }
    }
}

impl Node {
    fn new(key: Key, step: Option<StepId>, parent: Option<NodeId>, layer: Layer, position: u32) -> Self {
        Self {
            key,
            step,
            parent,
            layer,
            position,
            state: State::Blocked,
            missing: 0,
            attempt: 0,
            tries: 0,
            deadline: None,
            output: None,
            failure: None,
            container: Container::default(),
            started_at: None,
            ended_at: None,
            sought: None,
            work: Work::Own,
        }
    }
}

/// The outermost layer of a step: loop around repetition around the step itself.
fn outer_layer(step: &Step) -> Layer {
    if step.foreach.is_some() {
        Layer::Loop
    } else if step.repeat.is_some() {
        Layer::Repeat
    } else {
        Layer::Body
    }
}
