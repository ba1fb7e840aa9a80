//! The stage: runs with their journals, the clock, and what is still to come from outside.

use super::backstage::Backstage;
use super::crash::{Kill, Moment};
use super::cues::Cues;
use super::performance::Performance;
use crate::engine::command::{Outcome, Target};
use crate::engine::event::{
    ActionKind, Actor, Applied, Event, Face, Key, Parent, PlanHash, ProjectRef, Recorded, RunId, SkipReason,
    Submission,
};
use crate::engine::run::Run;
use crate::engine::status::Status;
use crate::engine::{Beginning, begin};
use crate::language::plan::{Action, Case, McpCall, Plan, Step, Trial, address_of, place_of, sites};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What the run on the stage is called.
pub(super) const RUN: &str = "r-000000";
/// A run with more events than this comes to no end.
const EVENTS_MAX: usize = 100_000;
const LEASE_MS: u64 = 3_600_000;

/// The steps of a plan by their addresses.
pub type Steps<'a> = BTreeMap<String, &'a Step>;

pub fn steps(plan: &Plan) -> Steps<'_> {
    sites(plan).into_iter().map(|site| (site.address, site.step)).collect()
}

/// One case of a trial.
#[derive(Clone, Copy)]
pub struct Rehearsal<'a> {
    pub trial: &'a Trial,
    /// Those of its plan.
    pub steps: &'a Steps<'a>,
    pub case: &'a Case,
    /// The folder of the test.
    pub home: &'a Path,
    /// Whether an operation only changes records: then nothing comes between its work and the journal.
    pub keeps_records: fn(&str) -> bool,
}

pub fn rehearse(rehearsal: &Rehearsal<'_>) -> Performance {
    Stage::set(rehearsal, None).play()
}

pub(super) struct Stage<'a> {
    pub(super) of: Rehearsal<'a>,
    pub(super) cues: Cues<'a>,
    pub(super) backstage: Backstage<'a>,
    steps: &'a Steps<'a>,
    pub(super) now: i64,
    pub(super) players: Vec<Player>,
    /// Players that may have something to decide.
    pub(super) active: BTreeSet<usize>,
    /// Players that have ended, which their parents and children are to know.
    pub(super) ended: BTreeSet<usize>,
    /// What is to come, by its time and the order in which it was promised.
    pub(super) coming: BTreeMap<(i64, u64), (usize, Coming)>,
    promises: u64,
    /// Actions and children that somebody sees to already.
    pub(super) seen_to: BTreeSet<(usize, String)>,
    /// What became of effects that nobody saw the end of.
    pub(super) unseen: BTreeMap<(usize, Key), Outcome>,
    pub(super) kill: Option<Kill>,
    pub(super) target: Option<Value>,
    pub(super) began: Vec<String>,
    pub(super) asked: BTreeMap<String, String>,
    pub(super) declined: BTreeMap<String, String>,
    /// Which player's event each one was.
    pub(super) order: Vec<usize>,
    pub(super) lost: BTreeMap<String, u64>,
    pub(super) worked: BTreeMap<String, u64>,
    pub(super) skipped: BTreeSet<String>,
    pub(super) trouble: Vec<String>,
    pub(super) writes: usize,
    /// Whether each write is told.
    pub(super) of_interest: bool,
    pub(super) moments: Vec<Moment>,
}

/// A run and its journal.
pub(super) struct Player {
    /// What comes before its own keys: the place of the step that started it.
    pub(super) above: String,
    pub(super) plan: Arc<Plan>,
    pub(super) run: Run,
    pub(super) journal: Vec<Recorded>,
    /// Events that are not written yet.
    pub(super) fresh: usize,
    /// The run that started it, by its place among the players, and the step of it.
    pub(super) parent: Option<(usize, Key)>,
    pub(super) children: Vec<usize>,
}

/// Something that comes to a run from outside.
pub(super) enum Coming {
    /// Of an effect; it dies with the process where it is one of this machine.
    Outcome {
        step: Key,
        target: Target,
        outcome: Outcome,
        outlives: bool,
    },
    Submission {
        step: Key,
        submission: Submission,
    },
    Signal {
        name: String,
        payload: Value,
        by: Actor,
    },
    Cancel,
}

impl<'a> Stage<'a> {
    pub(super) fn set(rehearsal: &Rehearsal<'a>, kill: Option<Kill>) -> Self {
        let Rehearsal { trial, steps, case, home, .. } = *rehearsal;
        let mut stage = Self {
            of: *rehearsal,
            cues: Cues::of(case),
            backstage: Backstage::of(case, &trial.plan, home),
            steps,
            now: case.clock,
            players: Vec::new(),
            active: BTreeSet::new(),
            ended: BTreeSet::new(),
            coming: BTreeMap::new(),
            promises: 0,
            seen_to: BTreeSet::new(),
            unseen: BTreeMap::new(),
            of_interest: kill.is_none(),
            writes: 0,
            kill,
            target: case.target.as_ref().and_then(|target| target.get("data").cloned()),
            began: Vec::new(),
            asked: BTreeMap::new(),
            declined: BTreeMap::new(),
            order: Vec::new(),
            lost: BTreeMap::new(),
            worked: BTreeMap::new(),
            skipped: BTreeSet::new(),
            trouble: Vec::new(),
            moments: Vec::new(),
        };
        stage.enter(&trial.plan, RunId::new(RUN), case.inputs.clone(), None);
        if let Some(after_ms) = case.cancel_after_ms {
            stage.promise(0, after_ms, Coming::Cancel);
        }
        stage
    }

    /// Begin a run.
    pub(super) fn enter(
        &mut self,
        plan: &Arc<Plan>,
        run: RunId,
        inputs: Map<String, Value>,
        parent: Option<(usize, Parent)>,
    ) {
        let (started_by, parent) = parent.map(|(at, parent)| ((at, parent.step.clone()), parent)).unzip();
        let above =
            started_by.as_ref().map(|(at, step)| format!("{}/", self.place(*at, step))).unwrap_or_default();
        let target = self.of.case.target.clone().filter(|_| parent.is_none()).map(Value::Object);
        let beginning = Beginning {
            run,
            plan: PlanHash::new("0"),
            project: ProjectRef { id: "p-00000".into(), name: "default".into() },
            inputs,
            seed: seed(&above),
            by: Actor::new("initiator", Face::Script),
            dir: "/".into(),
            servers: self.servers(),
            asks_models: true,
            lease_ms: LEASE_MS,
            parent,
            labels: Map::new(),
            work_item: None,
            applied: target.map(|target| Applied {
                application: "a-000000".into(),
                target,
                validation: Value::Null,
            }),
            keys_above: Vec::new(),
            no_cache: false,
            origin: None,
        };
        let plan = Arc::clone(plan);
        let at = self.players.len();
        if let Some((parent, _)) = &started_by {
            self.players[*parent].children.push(at);
        }
        let run = Run::new(&plan);
        let first = begin(&plan, beginning);
        self.players.push(Player {
            above,
            plan,
            run,
            journal: Vec::new(),
            fresh: 0,
            parent: started_by,
            children: Vec::new(),
        });
        match first {
            // Nobody else is on the stage.
            Ok(event) => {
                self.record(at, event);
                if self.players[at].run.waits_for_its_turn() {
                    self.record(at, Event::Admitted);
                }
            }
            Err(failure) => self.trouble.push(failure.message),
        }
    }

    /// This machine calls every server and asks models itself: that is where a crash can hurt.
    fn servers(&self) -> Vec<String> {
        let called = |step: &&Step| match &step.action {
            Action::McpCall(McpCall { server, .. }) => Some(server.clone()),
            _ => None,
        };
        self.steps.values().filter_map(called).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(super) fn play(mut self) -> Performance {
        let mut last = None;
        loop {
            self.settle();
            // Where nothing moved at all, nothing will.
            let now = (self.now, self.order.len(), self.coming.len());
            if self.is_over() || last.replace(now) == Some(now) {
                break;
            }
            let due = self.players.iter().filter_map(|player| player.run.next_due());
            let promised = self.coming.keys().next().map(|(at, _)| *at);
            let Some(next) = due.chain(promised).min() else { break };
            self.now = self.now.max(next);
            if promised.is_some_and(|at| at <= self.now)
                && let Some((_, (player, coming))) = self.coming.pop_first()
            {
                self.arrive(player, coming);
            }
        }
        self.told()
    }

    fn is_over(&self) -> bool {
        let run = &self.players[0].run;
        // A failed run can still be taken back.
        let is_awaited = || {
            run.status() == Status::Failed
                && self.coming.values().any(|(_, coming)| matches!(coming, Coming::Cancel))
        };
        let all_ended = || self.players.iter().all(|player| player.run.has_ended());
        !self.trouble.is_empty() || (run.has_ended() && !is_awaited() && all_ended())
    }

    fn settle(&mut self) {
        let now = self.now;
        let due = |player: &Player| player.run.next_due().is_some_and(|due| due <= now);
        self.active.extend((0..self.players.len()).filter(|at| due(&self.players[*at])));
        while self.trouble.is_empty() {
            if let Some(at) = self.ended.pop_first() {
                self.tell_of_end(at);
            } else if let Some(at) = self.active.pop_first() {
                self.advance(at);
            } else {
                return;
            }
        }
    }

    /// Everything that a run decides now becomes one write; what it wants done comes after that.
    fn advance(&mut self, at: usize) {
        let mut acts = Vec::new();
        while let Some(command) = self.players[at].run.poll(self.now) {
            self.record(at, command.event);
            let Some(act) = command.act else { continue };
            match self.at_once(at, &act) {
                Some(outcome) => self.deliver(at, (&act.step, act.target), outcome),
                None if self.trouble.is_empty() => acts.push(act),
                None => return,
            }
            if self.order.len() > EVENTS_MAX {
                let at = self.began.last().map_or("", String::as_str);
                self.trouble.push(format!("it has come to {EVENTS_MAX} events and no end, at `{at}` last"));
                return;
            }
        }
        self.active.remove(&at);
        if self.players[at].fresh > 0 {
            self.players[at].fresh = 0;
            self.write(at, &acts);
        }
    }

    pub(super) fn deliver(&mut self, at: usize, (step, target): (&Key, Target), outcome: Outcome) {
        for event in self.players[at].run.outcome(step, target, outcome, self.now) {
            self.record(at, event);
        }
    }

    pub(super) fn record(&mut self, at: usize, event: Event) {
        self.count(at, &event);
        self.order.push(at);
        let player = &mut self.players[at];
        let recorded = Recorded { seq: player.run.seq() + 1, at: self.now, event };
        if let Err(mismatch) = player.run.apply(&recorded) {
            self.trouble.push(mismatch.to_string());
        }
        let has_ended = matches!(recorded.event, Event::Ended { .. });
        player.journal.push(recorded);
        player.fresh += 1;
        self.active.insert(at);
        if has_ended {
            self.ended.insert(at);
        }
    }

    fn count(&mut self, at: usize, event: &Event) {
        let Some(place) = event.step().map(|key| self.place(at, key)) else { return };
        let works = match event {
            Event::Opened(opened) => !matches!(opened.kind, ActionKind::Resolve | ActionKind::Review),
            Event::Waiting { .. } | Event::Entered { .. } | Event::ChildStarted { .. } => true,
            Event::Finished { .. } | Event::Failed { .. } => {
                self.step(&place).is_some_and(|step| decides(step) && is_innermost(step, &place))
            }
            Event::Skipped { why: SkipReason::Condition, .. } => {
                self.skipped.insert(address_of(&place));
                false
            }
            _ => false,
        };
        if works {
            self.has_worked(&place);
        }
        if works || matches!(event, Event::Attempted { .. }) {
            self.began.push(place.clone());
        }
        if let Event::Opened(opened) = event
            && works
        {
            let told = format!("{}\n{}", opened.instructions, Value::Object(opened.parameters.clone()));
            self.asked.insert(place.clone(), told);
        }
        if let Event::Waiting { event: Some(name), .. } = event {
            self.signal(at, &place, name);
        }
    }

    pub(super) fn has_worked(&mut self, place: &str) {
        *self.worked.entry(place.to_owned()).or_default() += 1;
    }

    pub(super) fn unfitting(&mut self, who: &str, wanted: &str) {
        self.trouble.push(format!("the answer of {who} does not fit: it wants {wanted}"));
    }

    pub(super) fn promise(&mut self, player: usize, after_ms: u64, coming: Coming) {
        self.promises += 1;
        let at = self.now.saturating_add_unsigned(after_ms);
        self.coming.insert((at, self.promises), (player, coming));
    }

    /// The place of a key, from the run that the case is about.
    pub(super) fn place(&self, at: usize, key: &Key) -> String {
        format!("{}{}", self.players[at].above, place_of(key.as_str()))
    }

    pub(super) fn step(&self, place: &str) -> Option<&'a Step> {
        self.steps.get(&address_of(place)).copied()
    }
}

/// Another for each place, and the same whenever that is taken up: children draw their names from it.
fn seed(above: &str) -> u64 {
    above.bytes().fold(7, |seed: u64, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Whether a step asks nobody and begins nothing.
fn decides(step: &Step) -> bool {
    matches!(step.action, Action::Set(_) | Action::Fail(_))
}

/// Whether a place is where a step does its work, not a loop or a repetition of it.
fn is_innermost(step: &Step, place: &str) -> bool {
    let own = place.rsplit('/').next().unwrap_or_default();
    (step.foreach.is_none() || own.contains('[')) && (step.repeat.is_none() || own.contains('~'))
}
