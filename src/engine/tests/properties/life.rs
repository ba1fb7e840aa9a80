//! A life of a run: outcomes, submissions, signals, cancels, jumps in time and deaths of its carrier, as numbers say.

use super::super::world::{World, actor, exited};
use crate::engine::action::{Claim, Handed, SelfApproval};
use crate::engine::command::{Act, Effect, Outcome};
use crate::engine::decide::Reach;
use crate::engine::event::{ActionKind, Content, Event, Json, Output, RunId, Spent, Submission};
use crate::engine::node::{Node, State};
use crate::engine::status::Status;
use crate::language::plan::Plan;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// So many decisions may follow one another before something happens from outside.
const DECISIONS_MAX: usize = 4_000;
/// So much may happen to a run that everybody helps to its end.
const HELP_MAX: usize = 4_000;

/// What happens next, and which of the possible ways.
pub type Moves = Vec<(Move, u8)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Outcome,
    Submit,
    Signal,
    Time,
    Crash,
    Pause,
    Resume,
    Cancel,
    Admit,
    Lease,
    Retry,
}

pub fn moves() -> impl Strategy<Value = Moves> {
    let what = prop_oneof![
        8 => Just(Move::Outcome),
        6 => Just(Move::Submit),
        1 => Just(Move::Signal),
        4 => Just(Move::Time),
        2 => Just(Move::Crash),
        1 => Just(Move::Pause),
        2 => Just(Move::Resume),
        1 => Just(Move::Cancel),
        2 => Just(Move::Admit),
        1 => Just(Move::Lease),
        2 => Just(Move::Retry),
    ];
    prop::collection::vec((what, any::<u8>()), 0..40)
}

/// What was decided on so many events at this time.
pub struct Decision {
    pub after: u64,
    pub now: i64,
    pub command: String,
}

pub struct Life {
    pub world: World,
    pub decisions: Vec<Decision>,
}

impl Life {
    /// A whole life: the moves, then everybody helps it to its end; where that is a failure, it gets another chance.
    pub fn lived(plan: &Arc<Plan>, moves: &Moves) -> Self {
        let mut life = Self::begun(plan, moves);
        life.help_to_its_end();
        for chance in 0..2 {
            if life.status() == Status::Failed {
                life.go(Move::Retry, chance);
                life.settle();
                life.help_to_its_end();
            }
        }
        life
    }

    /// The moves, and then it is in the middle of something.
    pub fn begun(plan: &Arc<Plan>, moves: &Moves) -> Self {
        let mut life = Self { world: World::answering(Arc::clone(plan), |_| None), decisions: Vec::new() };
        life.settle();
        for (what, how) in moves {
            life.go(*what, *how);
            life.settle();
        }
        life
    }

    /// Decide until there is nothing to decide.
    pub fn settle(&mut self) {
        for _ in 0..DECISIONS_MAX {
            let (after, now) = (self.world.run.seq(), self.world.now);
            let command = self.world.run.poll(now);
            self.decisions.push(Decision { after, now, command: format!("{command:?}") });
            let Some(command) = command else { return };
            self.world.record(command.event);
            self.world.under_way.extend(command.act);
            let run = &self.world.run;
            self.world.under_way.retain(|act| is_wanted(run, act));
        }
        panic!("it decides for ever, at last {}", self.decisions.last().unwrap().command);
    }

    pub fn go(&mut self, what: Move, how: u8) {
        match what {
            Move::Outcome => self.deliver(how),
            Move::Submit => self.submit(how),
            Move::Signal => {
                let reach = if how.is_multiple_of(2) { Reach::Kept } else { Reach::Waiting };
                let signal = self.world.run.notify(&actor("me"), ("go", &json!({ "n": how })), reach);
                self.record(signal.into_iter().flatten());
            }
            Move::Time => {
                let due = self.world.run.next_due().filter(|_| how.is_multiple_of(2));
                self.world.now = self.world.now.max(due.unwrap_or(self.world.now + i64::from(how)));
            }
            Move::Crash => {
                // Child runs go on by themselves.
                let children: Vec<Act> = std::mem::take(&mut self.world.under_way);
                self.world.crash();
                self.world.under_way =
                    children.into_iter().filter(|act| is_child(&self.world, act)).collect();
            }
            Move::Pause => self.record(self.world.run.pause(&actor("me")).into_iter().flatten()),
            Move::Resume => self.record(self.world.run.unpause(&actor("me")).into_iter().flatten()),
            Move::Cancel => self.record(self.world.run.cancel(&actor("me"), None).into_iter().flatten()),
            Move::Admit if self.world.run.waits_for_its_turn() => self.world.record(Event::Admitted),
            Move::Admit => {}
            Move::Lease => self.lease(how),
            Move::Retry => self.retry(how),
        }
        let run = &self.world.run;
        self.world.under_way.retain(|act| is_wanted(run, act));
    }

    fn record(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.world.record(event);
        }
    }

    /// One of the effects under way ends somehow.
    fn deliver(&mut self, how: u8) {
        if self.world.under_way.is_empty() {
            return;
        }
        let at = usize::from(how / 8) % self.world.under_way.len();
        let act = self.world.under_way.remove(at);
        let outcome = match how % 8 {
            _ if is_recall(&act) => recalled(how),
            0 => exited(1, "no"),
            1 => Outcome::TimedOut { stdout: "".into(), stderr: "slow".into() },
            2 => Outcome::Failed { kind: "tool_error", message: "broken".into(), hints: Vec::new() },
            3 => Outcome::Answered(json!("words")),
            4 => exited(0, "no JSON"),
            _ => exited(0, "1\n"),
        };
        self.world.deliver(&act, outcome);
    }

    /// Somebody answers one of the open actions somehow.
    fn submit(&mut self, how: u8) {
        let open = self.world.run.open_actions();
        if open.is_empty() {
            return;
        }
        let action = open[usize::from(how / 8) % open.len()];
        let kind = action.opened.kind;
        let content = match (how % 8, kind) {
            (0, _) => Content::Failure { message: "I can't".into() },
            (1 | 2, ActionKind::Approval | ActionKind::Review) => Content::Rejected { reason: None },
            (1, ActionKind::Resolve) => decided("give_up"),
            (2 | 3, ActionKind::Resolve) => decided("again"),
            (1, _) => Content::Result(Json::of(&json!("words"))),
            _ => good(kind),
        };
        let submission = submission(action, content, how);
        self.hand_in(submission);
    }

    fn hand_in(&mut self, submission: Submission) {
        if let Ok(Handed::Events(events)) =
            self.world.run.submit(submission, SelfApproval::Allowed, self.world.now)
        {
            self.record(events);
        }
    }

    fn lease(&mut self, how: u8) {
        let Some(id) = self.world.run.open_actions().first().map(|action| action.opened.action.clone())
        else {
            return;
        };
        let by = actor(if how.is_multiple_of(2) { "a" } else { "b" });
        let claim = Claim { action: &id, generation: None, by: &by, now: self.world.now };
        let run = &self.world.run;
        let event = match how / 2 % 4 {
            0 => run.release(&claim, None).ok(),
            1 => run.renew(&claim, Some(20), None).ok(),
            2 => run.abandon(&id, self.world.now),
            _ => run.lease(&claim, Some(20)).ok().flatten(),
        };
        self.record(event);
    }

    /// All that failed, or one of them.
    fn retry(&mut self, how: u8) {
        let failed: Vec<_> = self
            .world
            .run
            .facts
            .nodes
            .iter()
            .filter(|node| has_failed(node))
            .map(|node| node.key.clone())
            .collect();
        let named = match how % 3 {
            0 if !failed.is_empty() => vec![failed[usize::from(how) % failed.len()].clone()],
            _ => Vec::new(),
        };
        let retried = self.world.run.retry(&actor("me"), named);
        self.record(retried);
    }

    /// From here on everything succeeds, everybody answers, and time passes: it must come to an end.
    pub fn help_to_its_end(&mut self) {
        self.go(Move::Resume, 0);
        self.settle();
        for _ in 0..HELP_MAX {
            if self.world.run.has_ended() {
                return;
            }
            let open = self.world.run.open_actions();
            if self.world.run.waits_for_its_turn() {
                self.go(Move::Admit, 0);
            } else if let Some(action) = open.first() {
                let kind = action.opened.kind;
                let submission = submission(action, good(kind), 255);
                self.hand_in(submission);
            } else if !self.world.under_way.is_empty() {
                let act = self.world.under_way.remove(0);
                let outcome = if is_recall(&act) { recalled(0) } else { exited(0, "1") };
                self.world.deliver(&act, outcome);
            } else if let Some(due) = self.world.run.next_due() {
                self.world.now = self.world.now.max(due);
            } else if self.waits_for_an_event() {
                self.go(Move::Signal, 0);
            } else {
                panic!("nothing can move it any more: {:?}", self.world.run.status());
            }
            self.settle();
        }
        panic!("it comes to no end: {:?}", self.world.run.status());
    }

    fn waits_for_an_event(&self) -> bool {
        let waits = |node: &Node| matches!(node.state, State::Waiting { event: Some(_), .. });
        self.world.run.facts.nodes.iter().any(waits)
    }

    pub fn status(&self) -> Status {
        self.world.run.status()
    }
}

/// Whether the run still expects an effect; a driver ends those it does not.
fn is_wanted(run: &crate::engine::run::Run, act: &Act) -> bool {
    run.is_underway(&act.step) || run.children().any(|(step, _)| *step == act.step)
}

fn is_recall(act: &Act) -> bool {
    matches!(act.effect, Effect::Recall { .. })
}

/// What the cache has.
fn recalled(how: u8) -> Outcome {
    let made = Output { stdout: Some(Json::text("1")), ..Output::default() };
    Outcome::Recalled(how.is_multiple_of(3).then(|| (made, RunId::new("r-before"))))
}

fn is_child(world: &World, act: &Act) -> bool {
    world.run.children().any(|(step, _)| *step == act.step)
}

fn has_failed(node: &Node) -> bool {
    node.status_word() == "failed" && node.step.is_some()
}

fn submission(action: &crate::engine::action::Action, content: Content, how: u8) -> Submission {
    let (id, generation) = (action.opened.action.clone(), action.generation);
    Submission {
        action: id,
        generation,
        by: actor("somebody"),
        content,
        digest: format!("digest-{how}"),
        spent: Spent::default(),
    }
}

fn decided(decision: &str) -> Content {
    Content::Result(Json::of(&json!({ "decision": decision })))
}

/// What is wanted.
fn good(kind: ActionKind) -> Content {
    match kind {
        ActionKind::Approval | ActionKind::Review => Content::Approved { reason: None },
        ActionKind::Resolve => decided("ran"),
        _ => Content::Result(Json::of(&Value::from(1))),
    }
}
