//! One thread carries one run while there is something to do: decide, record, act, and take in what came of it.
//! Calls that change records are decided, done and recorded at once, by `records`.

mod records;

use super::hands::Surroundings;
use super::history::{History, Recording};
use super::shared::Shared;
use crate::effects::shell::{Sink, Stream};
use crate::effects::{Cause, Stop};
use crate::engine::command::{Act, Command, Effect, Outcome, Target};
use crate::engine::event::{Event, Key, Recorded, RunId, Turn};
use crate::engine::status::{Status, log_line};
use crate::store::error::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Decisions that are recorded together at the most.
const BATCH_MAX: usize = 256;
/// A pause that is not worth giving the run back for.
const SHORT_PAUSE_MS: i64 = 2_000;
/// How often a worker looks around though nobody called.
const LOOK_AROUND: Duration = Duration::from_millis(500);

/// What a worker is told.
pub(super) enum Message {
    Done(Box<Act>, Option<Outcome>),
    /// Something may have been appended from outside.
    Look,
}

/// The side of a worker that others hold.
#[derive(Clone)]
pub(super) struct Handle {
    messages: Sender<Message>,
    inline: Inline,
    recorded: Arc<AtomicU64>,
}

/// The effect that a worker carries out on its own thread.
type Inline = Arc<Mutex<Option<(Key, Stop)>>>;

impl Handle {
    /// False if the worker has gone.
    pub(super) fn send(&self, message: Message) -> bool {
        self.messages.send(message).is_ok()
    }

    /// How many events of the run the worker has recorded or seen.
    pub(super) fn recorded(&self) -> u64 {
        self.recorded.load(Ordering::SeqCst)
    }

    /// The step whose effect the worker's own thread is busy with.
    pub(super) fn inline(&self) -> Option<(Key, Stop)> {
        self.inline.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) struct Worker {
    shared: Arc<Shared>,
    id: RunId,
    owner: Arc<str>,
    handle: Handle,
    messages: Receiver<Message>,
    under_way: Vec<(Key, Target, Stop)>,
    /// Outcomes that are not durable yet.
    outcomes: Vec<(Act, Outcome)>,
}

/// Why a worker stops carrying.
enum Rest {
    /// Nothing is to be done before something happens.
    Parked,
    /// It had this turn, where it needed one.
    Ended(Option<Turn>),
    /// This process ends.
    ShutDown,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, id: RunId, owner: Arc<str>) -> (Self, Handle) {
        let (sender, messages) = channel();
        let handle = Handle { messages: sender, inline: Inline::default(), recorded: Arc::default() };
        let (under_way, outcomes) = (Vec::new(), Vec::new());
        (Self { shared, id, owner, handle: handle.clone(), messages, under_way, outcomes }, handle)
    }

    /// Carry the run, whose lease this process holds, until it rests; then let go of it.
    pub(super) fn carry(mut self) -> Result<()> {
        let rest = self.carry_to_rest();
        for (_, _, stop) in &self.under_way {
            stop.request(Cause::Shutdown);
        }
        match rest {
            Ok(Rest::Ended(turn)) => {
                let passed = turn.map_or(Ok(()), |turn| self.shared.pass_turn_on(&turn));
                self.shared.report_to_parent(&self.id).and(passed)
            }
            Err(error) if is_lost(&error) => Ok(()),
            Ok(Rest::Parked | Rest::ShutDown) => self.shared.journal().release(&self.id, &self.owner),
            Err(error) => {
                // The first trouble is the one to tell; a lease that can't be given back lapses.
                let _ = self.shared.journal().release(&self.id, &self.owner);
                Err(error)
            }
        }
    }

    fn carry_to_rest(&mut self) -> Result<Rest> {
        let mut history = self.load()?;
        if history.run.is_cancelling() {
            self.shared.cancel_children(&self.id)?;
        }
        let Some(started) = history.run.started() else { return Ok(Rest::Parked) };
        let artifacts = self.shared.journal().artifacts(&self.id);
        let names = &history.run.plan().secrets;
        let surroundings = self.shared.hands().surroundings(started, names, artifacts);
        let surroundings = Arc::new(surroundings);
        loop {
            match self.step_in_turn(&mut history, &surroundings) {
                Ok(None) => {}
                Ok(Some(rest)) => return Ok(rest),
                Err(Error::Conflict { .. }) => history = self.load()?,
                Err(Error::IdTaken(_)) => {
                    history = self.load()?;
                    history.add(Event::Reseeded { seed: self.shared.draw() }, self.shared.now())?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The run as it is now. What it believes under way and nobody here carries was interrupted; what is carried here
    /// and it does not want any more is stopped.
    fn load(&self) -> Result<History> {
        let mut history = History::load(self.shared.journal(), self.shared.plans(), &self.id)?;
        let now = self.shared.now();
        for event in history.run.interruptions() {
            let ours = event.step().is_some_and(|step| {
                self.under_way.iter().any(|(key, ..)| key == step)
                    || self.outcomes.iter().any(|(act, _)| act.step == *step)
            });
            if !ours {
                history.add(event, now)?;
            }
        }
        self.stop_unwanted(&history);
        Ok(history)
    }

    /// A run whose turn has not come rests until somebody passes it on.
    fn step_in_turn(&mut self, history: &mut History, at: &Arc<Surroundings>) -> Result<Option<Rest>> {
        let waits = history.run.waits_for_its_turn() && history.run.status() != Status::Paused;
        if waits && !self.shared.admit(history, &self.owner)? {
            self.shared.queued().insert(self.id.clone());
            self.shared.supersede(history.run.plan(), &self.id);
            return Ok(Some(Rest::Parked));
        }
        self.shared.queued().remove(&self.id);
        self.step(history, at)
    }

    /// Take in, decide, record, act; then wait for what comes next.
    fn step(&mut self, history: &mut History, at: &Arc<Surroundings>) -> Result<Option<Rest>> {
        let now = self.shared.now();
        for (act, outcome) in &self.outcomes {
            for event in history.run.outcome(&act.step, act.target, outcome.clone(), now) {
                history.add(event, now)?;
            }
        }
        let mut acts = Vec::new();
        let (mut more, mut call) = (true, None);
        while more && call.is_none() && history.fresh_count() < BATCH_MAX {
            match history.run.poll(now) {
                None => more = false,
                Some(Command { event, act: Some(act) }) if self.keeps_records(&act) => {
                    call = Some((event, act));
                }
                Some(Command { event, act }) => {
                    history.add(event, now)?;
                    acts.extend(act);
                }
            }
        }
        let alone = !more && self.under_way.is_empty() && history.run.waits_for_one_effect();
        if let Some(act) = acts.pop_if(|act| alone && !is_of_the_store(&act.effect)) {
            self.act_here(history, act, at)?;
        } else {
            self.record(history)?;
            self.stop_unwanted(history);
            self.act_aside_or_begin(history, acts, at)?;
        }
        if let Some(call) = call {
            return self.call(history, call, at);
        }
        if more || !self.outcomes.is_empty() {
            return Ok(None);
        }
        self.rest_or_wait(history)
    }

    /// Make durable what is decided; what led to it need not be kept any longer.
    fn record(&mut self, history: &mut History) -> Result<()> {
        let mut recorded = Vec::new();
        if history.fresh_count() > 0 {
            let owner = Recording::Decision { owner: &self.owner };
            recorded = history.record(owner, self.shared.journal())?;
        }
        self.outcomes.clear();
        self.tell(history, &recorded);
        Ok(())
    }

    /// Let everybody here know what is durable now.
    fn tell(&self, history: &History, recorded: &[Recorded]) {
        for recorded in recorded {
            self.shared.tell(&self.id, || log_line(recorded));
        }
        self.handle.recorded.store(history.recorded(), Ordering::SeqCst);
    }

    fn act_aside_or_begin(
        &mut self,
        history: &History,
        acts: Vec<Act>,
        at: &Arc<Surroundings>,
    ) -> Result<()> {
        for act in acts {
            match &act.effect {
                Effect::Child { run, workflow, inputs } => {
                    self.shared.start_child(history, &act.step, (run, workflow, inputs))?;
                }
                Effect::Recall { digest } => {
                    let found = self.shared.recall(digest);
                    self.outcomes.push((act, Outcome::Recalled(found)));
                }
                _ => self.act_aside(act, at),
            }
        }
        Ok(())
    }

    /// The only thing to do is done on this very thread: nothing is handed over, and the intent becomes durable while
    /// the shell starts.
    fn act_here(&mut self, history: &mut History, act: Act, at: &Surroundings) -> Result<()> {
        let stop = match Stop::new() {
            Ok(stop) => stop,
            Err(error) => {
                self.record(history)?;
                self.outcomes.push((act, no_room(&error)));
                return Ok(());
            }
        };
        let (shared, id) = (Arc::clone(&self.shared), self.id.clone());
        let sink = Watcher { shared: &shared, run: &id, step: &act.step };
        let mut recorded = None;
        let mut may_begin = || {
            let result = self.record(history);
            let is_durable = result.is_ok();
            if is_durable {
                *self.inline() = Some((act.step.clone(), stop.clone()));
            }
            if shared.is_shutting_down() {
                stop.request(Cause::Shutdown);
            }
            recorded = Some(result);
            is_durable
        };
        let outcome = shared.hands().perform(&act, at, &mut may_begin, (&sink, &stop));
        *self.inline() = None;
        match recorded {
            Some(result) => result?,
            // It can't even be prepared: that, too, is an outcome of an attempt on record.
            None => self.record(history)?,
        }
        self.outcomes.extend(outcome.map(|outcome| (act, outcome)));
        Ok(())
    }

    fn rest_or_wait(&mut self, history: &mut History) -> Result<Option<Rest>> {
        if history.run.has_ended() && self.under_way.is_empty() {
            let turn = history.run.started().and_then(|started| started.turn.clone());
            return Ok(Some(Rest::Ended(turn)));
        }
        if self.shared.is_shutting_down() {
            return Ok(Some(Rest::ShutDown));
        }
        let pause_ms = history.run.next_due().map(|due| due.saturating_sub(self.shared.now()));
        let long = pause_ms.is_none_or(|pause_ms| pause_ms > SHORT_PAUSE_MS);
        if self.under_way.is_empty() && !history.run.is_busy() && long {
            let settled = self.shared.settled_children(history)?;
            let now = self.shared.now();
            for (step, outcome) in &settled {
                for event in history.run.outcome(step, Target::Attempt, outcome.clone(), now) {
                    history.add(event, now)?;
                }
            }
            return Ok(settled.is_empty().then_some(Rest::Parked));
        }
        let pause = pause_ms.map_or(LOOK_AROUND, |ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        if let Ok(message) = self.messages.recv_timeout(pause.min(LOOK_AROUND)) {
            self.take(message);
        }
        self.take_all();
        if !self.shared.journal().read(&self.id, history.recorded())?.is_empty() {
            *history = self.load()?;
        }
        Ok(None)
    }

    fn take_all(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.take(message);
        }
    }

    fn take(&mut self, message: Message) {
        if let Message::Done(act, outcome) = message {
            self.under_way.retain(|(key, target, _)| *key != act.step || *target != act.target);
            self.outcomes.extend(outcome.map(|outcome| (*act, outcome)));
        }
    }

    fn stop_unwanted(&self, history: &History) {
        for (key, _, stop) in &self.under_way {
            if !history.run.is_underway(key) {
                stop.request(Cause::Cancelled);
            }
        }
    }

    fn inline(&self) -> MutexGuard<'_, Option<(Key, Stop)>> {
        self.handle.inline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act_aside(&mut self, act: Act, at: &Arc<Surroundings>) {
        let stop = match Stop::new() {
            Ok(stop) => stop,
            Err(error) => return self.outcomes.push((act, no_room(&error))),
        };
        let (shared, run, at) = (Arc::clone(&self.shared), self.id.clone(), Arc::clone(at));
        let (messages, handle) = (self.handle.messages.clone(), stop.clone());
        let (key, target, spare) = (act.step.clone(), act.target, act.clone());
        let spawned = std::thread::Builder::new().name("effect".to_owned()).spawn(move || {
            let sink = Watcher { shared: &shared, run: &run, step: &act.step };
            let perform = || shared.hands().perform(&act, &at, &mut || true, (&sink, &handle));
            let outcome = catch_unwind(AssertUnwindSafe(perform)).unwrap_or_else(|_| Some(bug()));
            // The worker may have gone: then the next one finds the step interrupted.
            let _ = messages.send(Message::Done(Box::new(act), outcome));
        });
        match spawned {
            Ok(_) => self.under_way.push((key, target, stop)),
            Err(error) => self.outcomes.push((spare, no_room(&error))),
        }
    }
}

/// Whether it is done by writing to or reading from the store alone.
fn is_of_the_store(effect: &Effect) -> bool {
    matches!(effect, Effect::Child { .. } | Effect::Recall { .. })
}

fn bug() -> Outcome {
    let (message, hints) = ("a bug in wfmcp: see the log".to_owned(), Vec::new());
    Outcome::Failed { kind: "internal", message, hints }
}

fn no_room(error: &std::io::Error) -> Outcome {
    let hints = vec!["wait for other work to end, or raise the limits of this user".to_owned()];
    Outcome::Failed { kind: "spawn", message: format!("the system has no room for it: {error}"), hints }
}

/// Somebody else carries the run now.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::NotOwner { .. })
}

/// Passes on what a step prints.
struct Watcher<'a> {
    shared: &'a Shared,
    run: &'a RunId,
    step: &'a Key,
}

impl Sink for Watcher<'_> {
    fn output(&self, _stream: Stream, bytes: &[u8]) {
        self.shared.show(self.run, self.step, bytes);
    }
}
