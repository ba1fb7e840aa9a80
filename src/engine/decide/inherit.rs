//! What a new run takes over from another: all that was done, but what is to be done again and what comes after that. The
//! past stands as it was decided: conditions and items are those of the other run, whatever the new inputs are.

use super::super::event::{Actor, Event, Face, Failure, Json, Key, Origin, RunId, Section, SkipReason};
use super::super::node::{Done, Layer, Node, NodeId, State};
use super::super::run::Run;
use super::super::steps::failure;
use crate::language::plan::{Action, Plan, PromptSource, Step, sites};
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
        let open = run.facts.agenda.iter().copied().chain(delayed).filter(|id| !self.aside.contains(id));
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
            State::Closing => closed(run, id, old),
            State::Ready | State::Delayed { .. } => self.begun(run, id, old),
            _ => None,
        }
    }

    fn begun(&self, run: &Run, id: NodeId, old: &Node) -> Option<Event> {
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
            (Layer::Body, State::Done(Done::Succeeded)) => {
                let output = old.output.clone().unwrap_or_default();
                Some(Event::Inherited { step, attempt: old.attempt, output })
            }
            (Layer::Body, State::Done(Done::Failed))
                if self.from.is_tolerated(self.from.node_of(&step).ok()?) =>
            {
                Some(Event::Failed { step, error: old.failure.clone()?, retry_at: None })
            }
            _ => None,
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

/// A container whose inside is settled again closes as it did.
fn closed(run: &Run, id: NodeId, old: &Node) -> Option<Event> {
    let step = run.node(id).key.clone();
    let done = old.state == State::Done(Done::Succeeded);
    match old.layer {
        Layer::Repeat => {
            let round = run.node(*run.node(id).container.children.last()?).position;
            let rounds = u32::try_from(old.container.children.len()).unwrap_or(u32::MAX);
            if round < rounds {
                return Some(Event::Iterated { step, round: round + 1 });
            }
            done.then(|| Event::Finished { step, output: old.output.clone().unwrap_or_default() })
        }
        _ => done.then(|| Event::Finished { step, output: old.output.clone().unwrap_or_default() }),
    }
}

/// Whether a step is made as the one of the other run; what is inside it is looked at by itself.
fn is_same(run: &Run, id: NodeId, from: &Run, before: NodeId) -> bool {
    let (Some(new), Some(old)) = (run.step_of(id), from.step_of(before)) else { return false };
    own(new) == own(old) && uses_the_same((run.plan(), new), (from.plan(), old))
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

/// Whether the documents that a step uses are the same, too.
fn uses_the_same((plan, new): (&Plan, &Step), (old_plan, old): (&Plan, &Step)) -> bool {
    match (&new.action, &old.action) {
        (Action::Workflow(one), Action::Workflow(other)) => {
            plan.children.get(&one.name) == old_plan.children.get(&other.name)
        }
        (Action::Prompt(one), Action::Prompt(other)) => match (&one.source, &other.source) {
            (PromptSource::Use { name, .. }, PromptSource::Use { name: other, .. }) => {
                plan.prompts.get(name) == old_plan.prompts.get(other)
            }
            _ => true,
        },
        _ => true,
    }
}

impl Run {
    /// The steps that this run has taken over.
    pub fn inherited(&self) -> Vec<Key> {
        let kept = self.facts.nodes.iter().filter(|node| node.inherited);
        kept.map(|node| node.key.clone()).collect()
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
