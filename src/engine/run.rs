//! A run: a plan and the facts its events made. Replay and live are one path through `apply`.

use super::action::Action;
use super::event::{
    ActionId, Actor, End, Event, Failure, Json, Key, Moved, Recorded, RunId, Section, Spent, Started,
};
use super::node::{Done, Node, NodeId, State, Underway};
use super::outline::{Outline, StepId};
use crate::language::plan::{Plan, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use thiserror::Error as ThisError;

#[derive(Debug)]
pub struct Run {
    pub(super) outline: Outline,
    pub(super) facts: Facts,
}

/// Everything the events made; with the plan it is a snapshot from which a run goes on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Facts {
    pub(super) started: Option<Started>,
    pub(super) started_at: i64,
    pub(super) updated_at: i64,
    pub(super) seq: u64,
    pub(super) seed: u64,
    pub(super) nodes: Vec<Node>,
    pub(super) index: BTreeMap<Key, NodeId>,
    /// Nodes that want a decision now.
    pub(super) agenda: BTreeSet<NodeId>,
    /// Nodes that want one at a time.
    pub(super) timers: BTreeSet<(i64, NodeId)>,
    pub(super) underway: BTreeSet<NodeId>,
    /// Nodes that wait for another run or for an event.
    pub(super) elsewhere: BTreeSet<NodeId>,
    pub(super) actions: BTreeMap<ActionId, Action>,
    pub(super) open_actions: BTreeSet<ActionId>,
    pub(super) state: Map<String, Value>,
    /// The lists that have begun, in that order.
    pub(super) lists: Vec<(Section, NodeId)>,
    /// Nodes whose work can be undone, in the order they were done.
    pub(super) undoable: Vec<NodeId>,
    pub(super) paused: bool,
    #[serde(default)]
    pub(super) spent: Spent,
    #[serde(default)]
    pub(super) admission: Admission,
    pub(super) cancel: Option<Cancel>,
    pub(super) timed_out: bool,
    pub(super) error: Option<Failure>,
    pub(super) ended: Option<Ended>,
    /// A rolling hash of all decisions: two replays that differ, differ here at once.
    pub(super) trail: u64,
    /// When the time of the whole run began to count.
    pub(super) clock_started: i64,
    /// How often each list has begun.
    pub(super) entered: BTreeMap<Section, u32>,
    /// Events that came before anybody waited for them.
    pub(super) mailbox: BTreeMap<String, VecDeque<Json>>,
    /// It goes on elsewhere, since then.
    #[serde(default)]
    pub(super) moved: Option<(Moved, i64)>,
}

/// Whether its turn has come, where it needs one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Admission {
    #[default]
    Never,
    /// Before a retry, for which it needs another.
    Before,
    Now,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cancel {
    pub by: Actor,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ended {
    pub status: End,
    pub at: i64,
    pub outputs: Option<Json>,
}

/// The journal and the plan do not belong together, or the journal is damaged.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("event {seq} ({event}) does not fit the run: {reason}")]
pub struct Mismatch {
    pub seq: u64,
    pub event: &'static str,
    pub reason: String,
}

impl Run {
    pub fn new(plan: &Arc<Plan>) -> Self {
        Self { outline: Outline::new(plan), facts: Facts::default() }
    }

    /// Go on from a snapshot of the same plan.
    pub fn resume(plan: &Arc<Plan>, facts: Facts) -> Self {
        Self { outline: Outline::new(plan), facts }
    }

    pub fn snapshot(&self) -> &Facts {
        &self.facts
    }

    /// Take in what happened. Events of a run come in their order, each once.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), Mismatch> {
        let Recorded { seq, at, event } = recorded;
        let broken = |reason: String| Mismatch { seq: *seq, event: event.name(), reason };
        if *seq != self.facts.seq + 1 {
            return Err(broken(format!("expected number {}", self.facts.seq + 1)));
        }
        self.fold(event, *at).map_err(broken)?;
        self.facts.seq = *seq;
        self.facts.updated_at = *at;
        if let Some(key) = event.step() {
            self.facts.trail = mix(self.facts.trail, event.name(), key.as_str());
        }
        Ok(())
    }

    pub fn shared_plan(&self) -> Arc<Plan> {
        self.outline.shared_plan()
    }

    pub fn plan(&self) -> &Plan {
        self.outline.plan()
    }

    /// How many events it has.
    pub fn seq(&self) -> u64 {
        self.facts.seq
    }

    pub fn trail(&self) -> u64 {
        self.facts.trail
    }

    pub fn started(&self) -> Option<&Started> {
        self.facts.started.as_ref()
    }

    /// Whether it began with this behaviour, or a later one.
    pub(super) fn shows(&self, behaviour: u32) -> bool {
        self.started().is_some_and(|started| started.behaviour >= behaviour)
    }

    pub fn id(&self) -> Option<&RunId> {
        self.facts.started.as_ref().map(|started| &started.run)
    }

    /// What its agents and models took; a person's `retry` begins anew.
    pub fn spent(&self) -> &Spent {
        &self.facts.spent
    }

    /// What a run that has completed gives.
    pub fn outputs(&self) -> Option<Value> {
        self.facts.ended.as_ref()?.outputs.as_ref().map(Json::parse)
    }

    pub fn has_ended(&self) -> bool {
        self.facts.ended.is_some()
    }

    /// Whether it goes on elsewhere, and nothing more may happen to it here.
    pub fn has_moved(&self) -> bool {
        self.facts.moved.is_some()
    }

    /// Every action it ever had.
    pub fn action_ids(&self) -> impl Iterator<Item = &ActionId> {
        self.facts.actions.keys()
    }

    /// True while an effect of this step, or of one of its checks, is expected to be under way.
    pub fn is_underway(&self, key: &Key) -> bool {
        self.node_of(key).is_ok_and(|id| self.facts.underway.contains(&id))
    }

    /// The steps whose effects are expected to be under way.
    pub fn underway(&self) -> impl Iterator<Item = &Key> {
        self.facts.underway.iter().map(|id| &self.node(*id).key)
    }

    /// The child runs it waits for.
    pub fn children(&self) -> impl Iterator<Item = (&Key, &RunId)> {
        self.facts.elsewhere.iter().filter_map(|id| match self.node(*id) {
            Node { key, state: State::Child { run }, .. } => Some((key, run)),
            _ => None,
        })
    }

    /// True while nothing can happen to it but the end of one effect, or a cancel.
    pub fn waits_for_one_effect(&self) -> bool {
        let facts = &self.facts;
        facts.underway.len() == 1
            && facts.agenda.is_empty()
            && facts.timers.is_empty()
            && facts.elsewhere.is_empty()
            && facts.open_actions.is_empty()
            && self.run_deadline().is_none()
    }

    /// True until its turn comes, where it needs one. Calling it off needs none.
    pub fn waits_for_its_turn(&self) -> bool {
        let is_over = self.facts.cancel.is_some() || self.facts.ended.is_some() || self.has_moved();
        self.is_out_of_turn() && !is_over
    }

    fn is_out_of_turn(&self) -> bool {
        self.facts.admission != Admission::Now && self.started().is_some_and(|started| started.turn.is_some())
    }

    /// Called off before its first turn: it has nothing to take back or to clean up, and somebody else is at it.
    pub(super) fn was_never_let_in(&self) -> bool {
        let continues = self.origin().is_some_and(|origin| origin.continues);
        self.is_out_of_turn() && self.facts.admission == Admission::Never && !continues
    }

    pub fn is_cancelling(&self) -> bool {
        self.facts.cancel.is_some()
    }

    /// When it wants to be polled again though nothing happens.
    pub fn next_due(&self) -> Option<i64> {
        if self.facts.ended.is_some() || self.facts.paused || self.has_moved() || self.waits_for_its_turn() {
            return None;
        }
        let timer = self.facts.timers.first().map(|(due, _)| *due);
        timer.into_iter().chain(self.run_deadline()).min()
    }

    pub(super) fn run_deadline(&self) -> Option<i64> {
        let in_main = self.facts.lists.last().is_some_and(|(section, _)| *section == Section::Main);
        let timeout = self.plan().timeout_ms.filter(|_| in_main && !self.facts.timed_out)?;
        Some(self.facts.clock_started.saturating_add_unsigned(timeout))
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.facts.nodes[id as usize]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.facts.nodes[id as usize]
    }

    pub(super) fn node_of(&self, key: &Key) -> Result<NodeId, String> {
        self.facts.index.get(key).copied().ok_or_else(|| format!("no step {key}"))
    }

    pub(super) fn step_of(&self, id: NodeId) -> Option<&Step> {
        self.node(id).step.map(|step| self.outline.step(step))
    }

    pub(super) fn step(&self, id: StepId) -> &Step {
        self.outline.step(id)
    }

    /// Move a node to another state; what wants a decision, a time or an effect follows from the state.
    pub(super) fn set(&mut self, id: NodeId, state: State) {
        let deadline = self.node(id).deadline;
        let old = std::mem::replace(&mut self.node_mut(id).state, state);
        if let Some(due) = due_of(&old, deadline) {
            self.facts.timers.remove(&(due, id));
        }
        let state = &self.facts.nodes[id as usize].state;
        let wants = matches!(
            state,
            State::Ready
                | State::Starting
                | State::Closing
                | State::Interrupted
                | State::Checking { underway: Underway::No, .. }
        );
        let busy = matches!(
            state,
            State::Running | State::Seeking | State::Checking { underway: Underway::Effect, .. }
        );
        let elsewhere = matches!(state, State::Child { .. } | State::Waiting { event: Some(_), .. });
        if let Some(due) = due_of(state, deadline) {
            self.facts.timers.insert((due, id));
        }
        let facts = &mut self.facts;
        let sets =
            [(&mut facts.agenda, wants), (&mut facts.underway, busy), (&mut facts.elsewhere, elsewhere)];
        for (set, is_member) in sets {
            if is_member {
                set.insert(id);
            } else {
                set.remove(&id);
            }
        }
    }

    pub(super) fn has_failed(&self, id: NodeId) -> bool {
        self.node(id).state == State::Done(Done::Failed)
    }
}

/// When a node in this state wants a decision by itself.
fn due_of(state: &State, deadline: Option<i64>) -> Option<i64> {
    match state {
        State::Delayed { due } => Some(*due),
        State::Waiting { due, .. } => *due,
        State::Acting { .. } | State::Inside => deadline,
        _ => None,
    }
}

fn mix(trail: u64, event: &str, key: &str) -> u64 {
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    event.as_bytes().iter().chain(key.as_bytes()).fold(trail ^ 0xcbf2_9ce4_8422_2325, fold)
}

impl Event {
    /// The name it has in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Admitted => "admitted",
            Self::Reseeded { .. } => "reseeded",
            Self::Skipped { .. } => "skipped",
            Self::Expanded { .. } => "expanded",
            Self::Entered { .. } => "entered",
            Self::Iterated { .. } => "iterated",
            Self::Inherited { .. } => "inherited",
            Self::Sought { .. } => "sought",
            Self::Recalled { .. } => "recalled",
            Self::Missed { .. } => "missed",
            Self::Attempted { .. } => "attempted",
            Self::Opened(_) => "opened",
            Self::Waiting { .. } => "waiting",
            Self::ChildStarted { .. } => "child_started",
            Self::CheckStarted { .. } => "check_started",
            Self::CheckPassed { .. } => "check_passed",
            Self::CheckFailed { .. } => "check_failed",
            Self::Produced { .. } => "produced",
            Self::Accepted { .. } => "accepted",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
            Self::Interrupted { .. } => "interrupted",
            Self::Resolved { .. } => "resolved",
            Self::SectionEntered { .. } => "section_entered",
            Self::Leased { .. } => "leased",
            Self::Renewed { .. } => "renewed",
            Self::Released { .. } => "released",
            Self::Abandoned { .. } => "abandoned",
            Self::Submitted(_) => "submitted",
            Self::Refused { .. } => "refused",
            Self::Signalled { .. } => "signalled",
            Self::CancelRequested { .. } => "cancel_requested",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Retried { .. } => "retried",
            Self::TimedOut => "timed_out",
            Self::Moved(_) => "moved",
            Self::Arrived(_) => "arrived",
            Self::Ended { .. } => "ended",
        }
    }

    /// The step it is about.
    pub fn step(&self) -> Option<&Key> {
        match self {
            Self::Skipped { step, .. }
            | Self::Expanded { step, .. }
            | Self::Entered { step, .. }
            | Self::Iterated { step, .. }
            | Self::Inherited { step, .. }
            | Self::Sought { step, .. }
            | Self::Recalled { step, .. }
            | Self::Missed { step }
            | Self::Attempted { step, .. }
            | Self::Waiting { step, .. }
            | Self::ChildStarted { step, .. }
            | Self::CheckStarted { step, .. }
            | Self::CheckPassed { step, .. }
            | Self::CheckFailed { step, .. }
            | Self::Produced { step, .. }
            | Self::Accepted { step }
            | Self::Finished { step, .. }
            | Self::Failed { step, .. }
            | Self::Interrupted { step }
            | Self::Resolved { step, .. } => Some(step),
            Self::Opened(opened) => Some(&opened.step),
            _ => None,
        }
    }
}
