//! What is next: one decision a call, from the facts and the time alone.

use super::super::command::{Act, Command, Effect, Target};
use super::super::event::{ActionKind, Event, Failure, Json, Output, Phase, SkipReason};
use super::super::node::{Layer, NodeId, State};
use super::super::run::Run;
use super::super::scope;
use super::super::steps::{self, failure};
use super::super::version::COUNTS_FAILURES;
use super::retry;
use crate::language::plan::{Check, FOREACH_ITEMS_MAX, Foreach, Items, OnInterrupt, OnTimeout, Repeat};
use serde_json::Value;

impl Run {
    /// The next decision, or `None` while there is nothing to decide before something happens.
    /// The caller applies its event before it asks again.
    pub fn poll(&self, now: i64) -> Option<Command> {
        let rests = self.facts.started.is_none() || self.facts.ended.is_some() || self.facts.paused;
        if rests || self.has_moved() || self.waits_for_its_turn() {
            return None;
        }
        if self.run_deadline().is_some_and(|deadline| deadline <= now) {
            return Some(Event::TimedOut.into());
        }
        if let Some((due, id)) = self.facts.timers.first()
            && *due <= now
        {
            return Some(self.decide_due(*id, now));
        }
        let id = *self.facts.agenda.first()?;
        Some(self.decide(id, now))
    }

    fn decide(&self, id: NodeId, now: i64) -> Command {
        let decision = match &self.node(id).state {
            State::Ready => self.decide_ready(id, now),
            State::Closing => self.decide_closing(id, now),
            State::Interrupted => self.decide_interruption(id, now),
            State::Checking { phase, index, .. } => self.decide_check(id, *phase, *index, now),
            _ => steps::begin(self, id, now),
        };
        decision.unwrap_or_else(|error| self.failed_for_good(id, error).into())
    }

    fn decide_due(&self, id: NodeId, now: i64) -> Command {
        let node = self.node(id);
        let step = node.key.clone();
        let timeout = || self.failed(id, failure("timeout", self.overtime(id)), now).into();
        match &node.state {
            State::Delayed { .. } if node.attempt == 0 => {
                self.decide_ready(id, now).unwrap_or_else(|error| self.failed_for_good(id, error).into())
            }
            State::Delayed { .. } => {
                steps::begin(self, id, now).unwrap_or_else(|error| self.failed_for_good(id, error).into())
            }
            State::Inside => timeout(),
            _ => match steps::wait::on_timeout(self, id) {
                None => Event::Finished { step, output: Output::default() }.into(),
                Some(OnTimeout::Continue) => {
                    let output = Output { result: Some(Json::of(&Value::Null)), ..Output::default() };
                    Event::Finished { step, output }.into()
                }
                Some(OnTimeout::Reject) => {
                    self.failed_for_good(id, failure("rejected", "nobody decided in time".to_owned())).into()
                }
                Some(OnTimeout::Fail) => timeout(),
            },
        }
    }

    /// Condition, loop, gates: whatever comes before the work itself.
    fn decide_ready(&self, id: NodeId, now: i64) -> Result<Command, Failure> {
        let node = self.node(id);
        let Some(step) = self.step_of(id) else {
            return Err(failure("internal", "a list is never ready".into()));
        };
        let key = node.key.clone();
        let outermost = node.parent.is_none_or(|parent| self.node(parent).step != node.step);
        let in_loop = node.parent.is_some_and(|parent| self.node(parent).layer == Layer::Loop);
        let condition = match &step.foreach {
            _ if outermost => step.when.as_ref(),
            Some(foreach) if in_loop => foreach.filter.as_ref(),
            _ => None,
        };
        if let Some(condition) = condition
            && !scope::truth(self, id, condition)?
        {
            return Ok(Event::Skipped { step: key, why: SkipReason::Condition }.into());
        }
        match (node.layer, &step.foreach, &step.repeat) {
            (Layer::Loop, Some(foreach), _) => self.expand(id, foreach),
            (Layer::Repeat, _, Some(_)) => Ok(Event::Iterated { step: key, round: 1 }.into()),
            _ if !step.enforcement.is_empty() => self.decide_check(id, Phase::Enforcement, 0, now),
            _ => steps::begin(self, id, now),
        }
    }

    fn expand(&self, id: NodeId, foreach: &Foreach) -> Result<Command, Failure> {
        let items = match &foreach.items {
            Items::Expression(expression) => scope::evaluate(self, id, expression)?,
            Items::List(items) => scope::resolve(self, id, &Value::Array(items.clone()))?,
        };
        let Value::Array(list) = &items else {
            return Err(failure(
                "not_a_list",
                format!("foreach needs a list, got {}", steps::kind_of(&items)),
            ));
        };
        if list.len() > FOREACH_ITEMS_MAX {
            let message = format!("foreach takes at most {FOREACH_ITEMS_MAX} items, got {}", list.len());
            return Err(failure("limit", message));
        }
        Ok(Event::Expanded { step: self.node(id).key.clone(), items: Json::of(&items) }.into())
    }

    /// Everything inside a node is settled.
    fn decide_closing(&self, id: NodeId, now: i64) -> Result<Command, Failure> {
        let node = self.node(id);
        let step = node.key.clone();
        if node.layer == Layer::List {
            return Ok(self.next_section().into());
        }
        if let Some(failing) = node.container.failing {
            return Ok(self.failed(id, self.failure_within(failing), now).into());
        }
        match (node.layer, self.step_of(id).and_then(|step| step.repeat.as_ref())) {
            (Layer::Repeat, Some(repeat)) => self.decide_round(id, repeat),
            (Layer::Body, _) if self.has_validation(id) => self.decide_check(id, Phase::Validation, 0, now),
            _ => Ok(Event::Finished { step, output: Output::default() }.into()),
        }
    }

    fn decide_round(&self, id: NodeId, repeat: &Repeat) -> Result<Command, Failure> {
        let node = self.node(id);
        let step = node.key.clone();
        let Some(last) = node.container.children.last().copied() else {
            return Ok(Event::Iterated { step, round: 1 }.into());
        };
        if self.has_failed(last) {
            return Ok(self.failed_for_good(id, self.failure_within(last)).into());
        }
        let round = self.node(last).position;
        if let Some(until) = &repeat.until
            && scope::truth(self, last, until)?
        {
            return Ok(Event::Finished { step, output: Output::default() }.into());
        }
        if round < repeat.max {
            return Ok(Event::Iterated { step, round: round + 1 }.into());
        }
        match &repeat.until {
            None => Ok(Event::Finished { step, output: Output::default() }.into()),
            Some(until) => Err(failure(
                "repeat_exhausted",
                format!("`{until}` did not come true in {} rounds", repeat.max),
            )),
        }
    }

    fn decide_interruption(&self, id: NodeId, now: i64) -> Result<Command, Failure> {
        let step = self.node(id).key.clone();
        match steps::on_interrupt(self, id) {
            OnInterrupt::Rerun => steps::begin(self, id, now),
            OnInterrupt::Fail => Err(failure(
                "interrupted",
                "the process that ran it died, and nobody knows how far it came".into(),
            )),
            OnInterrupt::Ask => Ok(steps::ask_about_interruption(self, id)),
            OnInterrupt::Check(script) => {
                let target = Target::Check { phase: Phase::Interrupt, index: 0 };
                let act = steps::shell::check_act(self, id, &script, target)?;
                let event = Event::CheckStarted { step, phase: Phase::Interrupt, index: 0 };
                Ok(Command { event, act: Some(act) })
            }
        }
    }

    fn decide_check(&self, id: NodeId, phase: Phase, index: u32, now: i64) -> Result<Command, Failure> {
        let step = self.node(id).key.clone();
        let names = self.step_of(id).map(|step| match phase {
            Phase::Enforcement => step.enforcement.as_slice(),
            Phase::Validation => step.validation.as_slice(),
            Phase::Interrupt => &[],
        });
        let Some(name) = names.and_then(|names| names.get(index as usize)) else {
            return match phase {
                Phase::Enforcement => steps::begin(self, id, now),
                _ => Ok(Event::Accepted { step }.into()),
            };
        };
        match self.plan().checks.get(name) {
            Some(Check::Approval { ask }) => {
                let ask = scope::render(self, id, ask)?;
                let parameters = steps::work_under_review(self, id, name);
                Ok(steps::open(self, id, ActionKind::Review, (ask.clone(), ask), parameters).into())
            }
            Some(Check::Shell { shell, dir, env, timeout_ms }) => {
                let target = Target::Check { phase, index };
                let (shell, dir, env) = steps::shell::rendered(self, id, shell, dir.as_deref(), env)?;
                let effect = Effect::Shell { shell, dir, env };
                let act = Act {
                    step: step.clone(),
                    attempt: self.node(id).attempt,
                    target,
                    effect,
                    timeout_ms: *timeout_ms,
                };
                Ok(Command { event: Event::CheckStarted { step, phase, index }, act: Some(act) })
            }
            None => Err(failure("unknown_check", format!("the check `{name}` is not in the plan"))),
        }
    }

    /// A failed attempt, and when the next one is due.
    pub(in crate::engine) fn failed(&self, id: NodeId, error: Failure, now: i64) -> Event {
        let node = self.node(id);
        let policy =
            self.step_of(id).and_then(|step| step.retry.as_ref()).filter(|_| node.layer == Layer::Body);
        let entropy = self.entropy(&format!("{}#{}", node.key, node.attempt));
        let counts = self.shows(COUNTS_FAILURES) && node.is_before_its_attempt();
        let tries = node.tries + u32::from(counts);
        let retry_at = retry::next_due(policy, tries, &error, now, entropy);
        Event::Failed { step: node.key.clone(), error, retry_at }
    }

    /// A failure that trying again can't mend.
    pub(in crate::engine) fn failed_for_good(&self, id: NodeId, error: Failure) -> Event {
        Event::Failed { step: self.node(id).key.clone(), error, retry_at: None }
    }

    /// The failure of the innermost step that caused a container to fail.
    pub(in crate::engine) fn failure_within(&self, id: NodeId) -> Failure {
        let node = self.node(id);
        let mut error = node.failure.clone().unwrap_or_else(|| failure("failed", "it failed".to_owned()));
        error.step.get_or_insert_with(|| node.key.clone());
        error.output = None;
        error
    }

    /// A number that is the same at every replay and differs from name to name.
    pub(in crate::engine) fn entropy(&self, name: &str) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.facts.seed.to_le_bytes());
        hasher.update(name.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        u64::from_le_bytes(bytes)
    }
}

impl From<Event> for Command {
    fn from(event: Event) -> Self {
        Self { event, act: None }
    }
}
