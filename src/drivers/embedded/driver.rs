//! The trait's promises, kept with the journal, the engine and the workers of this process.

use super::history::History;
use super::neighbours;
use super::prospect;
use super::settings::Settings;
use super::shared::Shared;
use crate::drivers::driver::{
    ActionRef, Arrival, Awaited, Began, Beside, Branch, Branched, Driver, Error, Examined, Proof, Prospect,
    Purpose, Renewal, Replayed, Signal, Start, Submit, Submitted, Waited,
};
use crate::engine::Beginning;
use crate::engine::event::{Actor, Content, Event, Json, PlanHash, RunId};
use crate::engine::status::{Account, LogLine, PendingAction, Place, RunReport, Status, log_line};
use crate::language::plan;
use crate::store;
use crate::store::journal::{ActionFilter, RunFilter, RunRow};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How often a waiter looks though nothing told it to.
const LOOK: Duration = Duration::from_millis(250);
/// How long a process that ends waits for its workers.
const PATIENCE: Duration = Duration::from_secs(8);

pub struct Embedded {
    shared: Arc<Shared>,
}

impl Embedded {
    pub fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared::new(settings)) }
    }

    fn check_room(&self) -> Result<(), Error> {
        let limit = self.shared.settings().max_pending_actions;
        let asked = usize::try_from(limit).unwrap_or(usize::MAX);
        let filter = ActionFilter { limit: Some(asked), ..ActionFilter::default() };
        let pending = self.shared.journal().actions(&filter)?.len() as u64;
        if pending >= limit { Err(Error::TooManyPending { pending, limit }) } else { Ok(()) }
    }

    fn begin(&self, start: &Start, mut beside: Option<Beside<'_>>) -> Result<Option<RunId>, Error> {
        self.check_room()?;
        let hash = PlanHash::new(plan::hash(&plan::text(&start.plan)));
        loop {
            let drawn = || RunId::new(format!("r-{}", self.shared.settings().entropy.word(6)));
            let run = start.run.clone().unwrap_or_else(drawn);
            let beginning = Beginning {
                inputs: start.inputs.clone(),
                parent: start.parent.clone(),
                labels: start.labels.clone(),
                work_item: start.work_item.clone(),
                applied: start.applied.clone(),
                no_cache: start.no_cache,
                ..self.shared.beginning(run.clone(), &hash, &start.dir, &start.by)
            };
            match self.shared.create(
                &start.plan,
                beginning,
                beside.as_mut().map(|beside| &mut **beside as Beside<'_>),
            ) {
                Ok(begun) => return Ok(begun.then_some(run)),
                Err(Error::Store(store::Error::Exists { .. })) if start.run.is_none() => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn packet(&self, history: &History, action: &ActionRef) -> Result<PendingAction, Error> {
        let found = history.run.action(&action.action);
        let found = found.ok_or(Error::NotFound { what: "action", name: action.action.to_string() })?;
        Ok(history.run.pending_action(found, self.shared.now()))
    }

    /// Nothing of it goes on before somebody does something.
    fn rests(&self, row: &RunRow) -> Result<bool, Error> {
        if row.ended_at.is_some() {
            return Ok(true);
        }
        let waits_for_time = row.due.is_some() && row.status == Status::Waiting.as_str();
        let goes_on = (row.ready && row.status != Status::Paused.as_str()) || self.waits_for_its_turn(row)?;
        if goes_on || waits_for_time || self.shared.carries(&row.run) {
            return Ok(false);
        }
        let filter = RunFilter { parent: Some(row.run.clone()), ..RunFilter::default() };
        let children = self.shared.journal().runs(&filter)?;
        if row.status == Status::Waiting.as_str() {
            // A child may be decided on and not begun yet.
            let begun = |child: &RunId| children.iter().any(|row| row.run == *child);
            if !self.shared.look(&row.run, |history| history.run.children().all(|(_, child)| begun(child)))? {
                return Ok(false);
            }
        }
        for child in children {
            let unreported = child.ended_at.is_some() && child.ready;
            if unreported || !self.rests(&child)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn waits_for_its_turn(&self, row: &RunRow) -> Result<bool, Error> {
        let may = row.status == Status::Waiting.as_str();
        Ok(may && self.shared.look(&row.run, |history| history.run.waits_for_its_turn())?)
    }

    /// A run's report speaks for its children too: what they wait for, it waits for.
    fn report(&self, run: &RunId) -> Result<RunReport, Error> {
        let (mut report, children) = self.shared.look(run, |history| {
            let children: Vec<RunId> = history.run.children().map(|(_, child)| child.clone()).collect();
            (history.run.report(self.shared.now()), children)
        })?;
        if let Some(queue) = &mut report.queue {
            queue.going = neighbours::going(self.shared.journal(), &queue.key)?;
        }
        for child in &children {
            let child = match self.report(child) {
                Err(Error::Store(store::Error::NotFound { .. })) => continue,
                other => other?,
            };
            report.actions.extend(child.actions);
            report.queue = report.queue.or(child.queue);
            if report.status == Status::Waiting {
                report.status = if child.status.is_end() { Status::Running } else { child.status };
                report.next = child.next;
            }
        }
        if !children.is_empty() {
            report.action = if let [only] = report.actions.as_slice() { Some(only.clone()) } else { None };
        }
        Ok(report)
    }

    /// Wait until the checks of a submission have spoken.
    fn await_proof(&self, submit: &Submit) -> Result<Submitted, Error> {
        let ActionRef { run, action, .. } = &submit.action;
        let clock = &self.shared.settings().clock;
        let deadline = clock.monotonic().saturating_add(submit.wait);
        loop {
            let version = self.shared.journal().version()?;
            let history = self.shared.load(run)?;
            let Some(found) = history.run.action(action) else { return Ok(Submitted::Accepted) };
            if found.submission.is_none() {
                return Ok(Submitted::Refused(found.problems.clone()));
            }
            if !history.run.is_open(action) {
                return Ok(Submitted::Accepted);
            }
            if let Some(trouble) = self.shared.take_trouble(run) {
                return Err(trouble.into());
            }
            let left = deadline.saturating_sub(clock.monotonic());
            if left.is_zero() || history.run.is_under_review(action) {
                return Ok(Submitted::Proving);
            }
            self.shared.journal().wait_change(version, left.min(LOOK))?;
            // Who was to prove it may have died.
            self.shared.carry(run)?;
        }
    }

    /// What is handed in is journaled: a secret in it is masked like everywhere.
    fn mask(&self, run: &RunId, mut value: Value) -> Result<Value, Error> {
        let history = self.shared.load(run)?;
        let names = &history.run.plan().secrets;
        let Some(started) = history.run.started() else { return Ok(value) };
        if names.is_empty() && !started.asks_models {
            return Ok(value);
        }
        let artifacts = self.shared.journal().artifacts(run);
        let surroundings = self.shared.hands().surroundings(started, names, artifacts);
        surroundings.mask.mask_value(&mut value);
        Ok(value)
    }
}

impl Driver for Embedded {
    fn prove(&self, prospect: &Prospect<'_>, patience: Duration) -> Result<Vec<(String, Proof)>, Error> {
        Ok(prospect::prove(&self.shared, prospect, patience))
    }

    fn start(&self, start: Start) -> Result<RunId, Error> {
        let begun = self.begin(&start, None)?;
        begun.ok_or_else(|| Error::Conflict("the run was not begun".to_owned()))
    }

    fn start_beside(&self, start: Start, beside: Beside<'_>) -> Result<Option<RunId>, Error> {
        self.begin(&start, Some(beside))
    }

    fn beginning(&self, run: &RunId) -> Result<Began, Error> {
        let began = self.shared.look(run, |history| {
            let started = history.run.started();
            Began {
                inputs: started.map(|started| started.inputs.clone()).unwrap_or_default(),
                dir: started.map(|started| started.dir.clone()).unwrap_or_default(),
                plan: history.run.shared_plan(),
            }
        });
        Ok(began?)
    }

    fn branch(&self, branch: Branch) -> Result<Branched, Error> {
        if branch.purpose != Purpose::Look {
            self.check_room()?;
        }
        self.shared.branch(&branch)
    }

    fn carry(&self, run: &RunId) -> Result<(), Error> {
        Ok(self.shared.carry(run)?)
    }

    fn carry_ready(&self) -> Result<usize, Error> {
        self.shared.take_all();
        let mut rows = self.shared.journal().ready(self.shared.now())?;
        rows.retain(|row| self.shared.takes_up(&row.run));
        for row in &rows {
            self.shared.take_up(row)?;
        }
        Ok(rows.len())
    }

    fn carries_all(&self) -> bool {
        self.shared.takes_all()
    }

    fn is_idle(&self) -> bool {
        self.shared.workers().is_empty()
    }

    fn wait(&self, run: &RunId, timeout: Option<Duration>) -> Result<Waited, Error> {
        let clock = &self.shared.settings().clock;
        let deadline = timeout.map(|timeout| clock.monotonic().saturating_add(timeout));
        loop {
            if let Some(trouble) = self.shared.take_trouble(run) {
                return Err(trouble.into());
            }
            let left = deadline.map_or(LOOK, |deadline| deadline.saturating_sub(clock.monotonic()));
            if left.is_zero() {
                return Ok(Waited { report: self.report(run)?, rests: false });
            }
            if self.shared.carries(run) {
                self.shared.wait_rest(run, left.min(LOOK));
                continue;
            }
            let version = self.shared.journal().version()?;
            if self.rests(&self.shared.journal().run(run)?)? {
                return Ok(Waited { report: self.report(run)?, rests: true });
            }
            self.shared.journal().wait_change(version, left.min(LOOK))?;
        }
    }

    fn wait_change(&self, run: &RunId, seq: u64, timeout: Duration) -> Result<u64, Error> {
        let clock = &self.shared.settings().clock;
        let deadline = clock.monotonic().saturating_add(timeout);
        loop {
            let version = self.shared.journal().version()?;
            if let Some(last) = self.shared.journal().read(run, seq)?.last() {
                return Ok(last.seq);
            }
            let left = deadline.saturating_sub(clock.monotonic());
            if left.is_zero() {
                return Ok(seq);
            }
            self.shared.journal().wait_change(version, left.min(LOOK))?;
        }
    }

    fn describe(&self, run: &RunId) -> Result<RunReport, Error> {
        self.report(run)
    }

    fn accounts(&self, run: &RunId) -> Result<Vec<Account>, Error> {
        Ok(self.shared.look(run, |history| history.run.accounts())?)
    }

    fn places(&self, run: &RunId) -> Result<Vec<Place>, Error> {
        Ok(self.shared.look(run, |history| history.run.places())?)
    }

    fn replay(&self, run: &RunId) -> Result<Vec<Replayed>, Error> {
        self.shared.replay(run)
    }

    fn log(&self, run: &RunId, after: u64) -> Result<Vec<LogLine>, Error> {
        Ok(self.shared.journal().read(run, after)?.iter().map(log_line).collect())
    }

    fn free_abandoned(&self) -> Result<(), Error> {
        self.shared.free_abandoned(&ActionFilter::default())
    }

    fn lease(&self, action: &ActionRef, by: &Actor, lease: Option<Duration>) -> Result<PendingAction, Error> {
        self.shared.free_abandoned(&of_run(&action.run))?;
        let lease_ms = lease.map(milliseconds);
        let history = self.shared.ask_action(action, by, |run, claim| run.lease(claim, lease_ms))?;
        self.packet(&history, action)
    }

    fn renew(&self, action: &ActionRef, by: &Actor, renewal: Renewal) -> Result<PendingAction, Error> {
        let lease_ms = renewal.lease.map(milliseconds);
        let history = self.shared.ask_action(action, by, |run, claim| {
            run.renew(claim, lease_ms, renewal.note.clone()).map(Some)
        })?;
        self.packet(&history, action)
    }

    fn release(&self, action: &ActionRef, by: &Actor, note: Option<String>) -> Result<(), Error> {
        self.shared.ask_action(action, by, |run, claim| run.release(claim, note.clone()).map(Some))?;
        Ok(())
    }

    fn submit(&self, submit: Submit) -> Result<Submitted, Error> {
        let run = submit.action.run.clone();
        let content = match submit.content {
            Content::Result(value) => Content::Result(Json::of(&self.mask(&run, value.parse())?)),
            other => other,
        };
        let submit = Submit { content, ..submit };
        self.shared.free_abandoned(&of_run(&run))?;
        let events = self.shared.hand_in(&submit)?;
        self.shared.carry(&run)?;
        match events.last() {
            None => Ok(Submitted::AlreadyAccepted),
            Some(Event::Refused { problems, .. }) => Ok(Submitted::Refused(problems.clone())),
            Some(Event::Submitted(_)) => self.await_proof(&submit),
            Some(_) => Ok(Submitted::Accepted),
        }
    }

    fn signal(&self, run: &RunId, signal: Signal, by: &Actor) -> Result<bool, Error> {
        let signal = match signal {
            Signal::Event { name, payload, reach } => {
                Signal::Event { name, payload: self.mask(run, payload)?, reach }
            }
            other => other,
        };
        self.shared.signal(run, &signal, by)
    }

    fn awaited(&self, run: &RunId) -> Result<Vec<Awaited>, Error> {
        let awaited = self.shared.look(run, |history| {
            let workflow = history.run.started().map(|started| started.workflow.clone()).unwrap_or_default();
            let awaited = history.run.awaited().map(|(step, event, due)| Awaited {
                workflow: workflow.clone(),
                step: step.clone(),
                event: event.to_owned(),
                due,
            });
            awaited.collect()
        })?;
        Ok(awaited)
    }

    fn depart(&self, run: &RunId, by: &Actor, to: Option<&str>) -> Result<(), Error> {
        self.shared.depart(run, by, to)
    }

    fn arrive(&self, arrival: &Arrival<'_>) -> Result<(), Error> {
        self.shared.arrive(arrival)
    }

    fn examine(&self, run: &RunId) -> Result<Examined, Error> {
        self.shared.examine(run)
    }

    fn rebuild(&self, run: &RunId) -> Result<(), Error> {
        self.shared.rebuild(run)
    }

    fn shut_down(&self) {
        self.shared.shut_down(PATIENCE);
    }
}

fn of_run(run: &RunId) -> ActionFilter {
    ActionFilter { run: Some(run.clone()), ..ActionFilter::default() }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
