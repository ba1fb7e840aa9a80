//! What a new run takes over from another: all that was done, but what is to be done again and what comes after that. The
//! past stands as it was decided: conditions and items are those of the other run, whatever the new inputs are.

use super::super::event::{Actor, Event, Face, Failure, Json, Key, Origin, RunId, Section, SkipReason};
use super::super::node::{Done, Layer, Node, NodeId, State, Work};
use super::super::run::Run;
use super::super::steps::failure;
use crate::language::plan::{Action, Step, sites};
use std::collections::{BTreeSet, VecDeque};

/// What of another run is not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    Everything,
    /// This step, with what is inside it and what comes after it.
    From(Key),
    /// What is another step than it was.
    Changed,
}

/// A new run that takes over from another, one event a look.
#[derive(Debug)]
pub struct Heir<'a> {
    from: &'a Run,
    again: &'a Again,
    /// Nodes that the new run decides on by itself.
    aside: BTreeSet<NodeId>,
    /// Events that nobody has waited for.
    mail: VecDeque<Event>,
}

impl<'a> Heir<'a> {
    pub fn new(from: &'a Run, again: &'a Again) -> Result<Self, Failure> {
        let refuse = |message: String| Err(failure("conflict", message));
        if from.facts.lists.iter().any(|(section, _)| *section == Section::Undo)
            && *again != Again::Everything
        {
            return refuse("it took back what it had done: nothing of that can be kept".to_owned());
        }
        if let Again::From(step) = again
            && from.node_of(step).is_err()
        {
            return refuse(format!("it has no step {step}, or never came to it"));
        }
        let by = Actor::new(from.id().map(RunId::as_str).unwrap_or_default(), Face::Engine);
        let kept =
            from.facts.mailbox.iter().flat_map(|(name, mail)| mail.iter().map(move |mail| (name, mail)));
        let mail = kept.map(|(name, payload)| Event::Signalled {
            name: name.clone(),
            payload: payload.clone(),
            by: by.clone(),
        });
        Ok(Self { from, again, aside: BTreeSet::new(), mail: mail.collect() })
    }

    /// What the new run takes over next; it applies it before it asks again.
    pub fn next(&mut self, run: &Run) -> Option<Event> {
        while *self.again != Again::Everything
            && let Some(id) = self.first(run)
        {
            if let Some(event) = self.taken_over(run, id) {
                return Some(event);
            }
            self.aside.insert(id);
        }
        let continues = run.origin().is_some_and(|origin| origin.continues);
        if continues { self.mail.pop_front() } else { None }
    }

    /// Of what may be decided, what the other run was done with first.
    fn first(&self, run: &Run) -> Option<NodeId> {
        let delayed = run.facts.timers.iter().map(|(_, id)| *id);
        let delayed = delayed.filter(|id| matches!(run.node(*id).state, State::Delayed { .. }));
        let begun = run.facts.agenda.iter().chain(&run.facts.underway).copied();
        let open = begun.chain(delayed).filter(|id| !self.aside.contains(id));
        open.min_by_key(|id| {
            let before = self.from.node_of(&run.node(*id).key).ok();
            before.and_then(|id| self.from.node(id).ended_at).unwrap_or(i64::MAX)
        })
    }

    fn taken_over(&self, run: &Run, id: NodeId) -> Option<Event> {
        let node = run.node(id);
        let before = self.from.node_of(&node.key).ok()?;
        let old = self.from.node(before);
        if node.layer == Layer::List || old.layer != node.layer || self.is_done_again(run, id, before) {
            return None;
        }
        match node.state {
            State::Closing => self.closed(run, id, before),
            State::Ready | State::Delayed { .. } => self.begun(run, id, before),
            // A failure that is taken over has its attempt before it.
            State::Running => {
                Some(Event::Failed { step: node.key.clone(), error: old.failure.clone()?, retry_at: None })
            }
            _ => None,
        }
    }

    fn begun(&self, run: &Run, id: NodeId, before: NodeId) -> Option<Event> {
        let old = self.from.node(before);
        let step = run.node(id).key.clone();
        let is_group = matches!(run.step_of(id)?.action, Action::Group(_));
        match (old.layer, &old.state) {
            (_, State::Done(Done::Skipped(why @ SkipReason::Condition))) => {
                Some(Event::Skipped { step, why: *why })
            }
            (Layer::Loop, _) if old.started_at.is_some() => {
                let items = Json::list(&old.container.items);
                Some(Event::Expanded { step, items })
            }
            (Layer::Repeat, _) if !old.container.children.is_empty() => {
                Some(Event::Iterated { step, round: 1 })
            }
            (Layer::Body, _) if is_group && old.attempt > 0 => {
                Some(Event::Entered { step, attempt: old.attempt })
            }
            (Layer::Body, State::Done(Done::Succeeded)) => Some(self.inherited(run, step, before)),
            (Layer::Body, State::Done(Done::Failed)) if self.from.is_tolerated(before) && !is_group => {
                let error = old.failure.clone()?;
                // What failed before any attempt had none.
                Some(match old.attempt {
                    0 => Event::Failed { step, error, retry_at: None },
                    attempt => Event::Attempted { step, attempt },
                })
            }
            _ => None,
        }
    }

    /// A container whose inside is settled again closes as it did.
    fn closed(&self, run: &Run, id: NodeId, before: NodeId) -> Option<Event> {
        let (node, old) = (run.node(id), self.from.node(before));
        let step = node.key.clone();
        let rounds = u32::try_from(old.container.children.len()).unwrap_or(u32::MAX);
        if old.layer == Layer::Repeat
            && let round = run.node(*node.container.children.last()?).position
            && round < rounds
        {
            return Some(Event::Iterated { step, round: round + 1 });
        }
        (old.state == State::Done(Done::Succeeded)).then(|| match old.layer {
            Layer::Body => self.inherited(run, step, before),
            _ => Event::Finished { step, output: old.output.clone().unwrap_or_default() },
        })
    }

    fn inherited(&self, run: &Run, step: Key, before: NodeId) -> Event {
        let old = self.from.node(before);
        let continues = run.origin().is_some_and(|origin| origin.continues);
        Event::Inherited {
            step,
            attempt: old.attempt,
            output: old.output.clone().unwrap_or_default(),
            owed: continues && self.from.answers_for(before),
        }
    }

    fn is_done_again(&self, run: &Run, id: NodeId, before: NodeId) -> bool {
        match self.again {
            Again::Everything => true,
            Again::From(step) => run.node(id).key.is_or_is_in(step),
            Again::Changed => !is_same(run, id, self.from, before),
        }
    }
}

/// Whether a step is made as the one of the other run; what is inside it is looked at by itself.
fn is_same(run: &Run, id: NodeId, from: &Run, before: NodeId) -> bool {
    let (Some(new), Some(old)) = (run.step_of(id), from.step_of(before)) else { return false };
    own(new) == own(old) && run.plan().used_by(new) == from.plan().used_by(old)
}

/// What a step does, without what it is called, where it stands, and what is inside it.
fn own(step: &Step) -> Step {
    let action = match &step.action {
        Action::Group(_) => Action::Group(Vec::new()),
        other => other.clone(),
    };
    Step {
        name: None,
        description: None,
        label: None,
        estimated_ms: None,
        needs: Vec::new(),
        timeout_ms: None,
        retry: None,
        on_interrupt: None,
        undo: None,
        cache: None,
        action,
        ..step.clone()
    }
}

impl Run {
    /// The steps that this run has taken over.
    pub fn inherited(&self) -> Vec<Key> {
        let leaf = |node: &&Node| node.work != Work::Own && node.container.children.is_empty();
        self.facts.nodes.iter().filter(leaf).map(|node| node.key.clone()).collect()
    }

    /// The steps that another run had done and this one has not taken over: those it does again, and those it does not have.
    pub fn not_taken_over(&self, from: &Run) -> (Vec<Key>, Vec<Key>) {
        let leaf = |node: &&Node| node.layer == Layer::Body && node.container.children.is_empty();
        let done =
            |node: &&Node| node.state == State::Done(Done::Succeeded) && !node.key.as_str().starts_with('@');
        let before = from.facts.nodes.iter().filter(leaf).filter(done);
        let open = before.filter(|node| self.node_of(&node.key).map_or(true, |id| !self.node(id).is_done()));
        let addresses: BTreeSet<String> = sites(self.plan()).into_iter().map(|site| site.address).collect();
        let keys = open.map(|node| node.key.clone());
        keys.partition(|key| addresses.contains(&key.address()))
    }

    /// The run it was made from.
    pub fn origin(&self) -> Option<&Origin> {
        self.started()?.origin.as_ref()
    }
}
