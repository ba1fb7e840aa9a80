//! What the threads of the driver share: the settings, who carries what, and how a run gets a worker.

use super::history::{History, Plans};
use super::recent::{Recent, Seen};
use super::settings::{Carries, Settings};
use super::worker::{Handle, Message, Worker};
use super::{Hands, keeper, outside};
use crate::drivers::driver::{Beside, Error};
use crate::effects::Cause;
use crate::engine::event::{Actor, Key, PlanHash, Recorded, RunId};
use crate::engine::status::{LogLine, log_line};
use crate::engine::{Beginning, begin};
use crate::language::plan::{self, Plan};
use crate::store;
use crate::store::journal::{Journal, RunRow};
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// How long a run stays with a process that does not renew its lease.
pub(super) const LEASE: Duration = Duration::from_secs(15);

pub(super) struct Shared {
    settings: Settings,
    plans: Plans,
    recent: Recent,
    carried: Mutex<BTreeMap<RunId, Handle>>,
    /// Rung when a worker ends.
    rested: Condvar,
    /// Why a worker gave a run up, until somebody asks.
    troubles: Mutex<BTreeMap<RunId, store::Error>>,
    /// The runs this process was asked to carry, and whether it takes up every other one too.
    asked: Mutex<BTreeSet<RunId>>,
    /// Those of them that wait for their turn.
    queued: Mutex<BTreeSet<RunId>>,
    takes_all: AtomicBool,
    shutting_down: AtomicBool,
    keeper: OnceLock<()>,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            plans: Plans::default(),
            recent: Recent::default(),
            carried: Mutex::default(),
            rested: Condvar::new(),
            troubles: Mutex::default(),
            asked: Mutex::default(),
            queued: Mutex::default(),
            takes_all: AtomicBool::new(false),
            shutting_down: AtomicBool::new(false),
            keeper: OnceLock::new(),
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn journal(&self) -> &dyn Journal {
        self.settings.journal.as_ref()
    }

    pub(super) fn plans(&self) -> &Plans {
        &self.plans
    }

    pub(super) fn hands(&self) -> &Hands {
        &self.settings.hands
    }

    pub(super) fn now(&self) -> i64 {
        self.settings.clock.now_ms()
    }

    /// A seed that readers of JSON with floating point numbers keep, too.
    pub(super) fn draw(&self) -> u64 {
        self.settings.entropy.next_u64() >> 11
    }

    pub(super) fn load(&self, run: &RunId) -> store::error::Result<History> {
        History::load(self.journal(), &self.plans, run)
    }

    /// See a run as it stands.
    pub(super) fn look<T>(&self, run: &RunId, look: impl FnOnce(&History) -> T) -> store::error::Result<T> {
        let seen = match self.recent.take(run) {
            None => Seen { history: self.load(run)?, version: None },
            Some(mut seen) => {
                let version = Some(self.journal().version()?);
                if seen.version != version {
                    seen.history.catch_up(self.journal(), run)?;
                }
                Seen { version, ..seen }
            }
        };
        let told = look(&seen.history);
        self.recent.keep(run, seen);
        Ok(told)
    }

    pub(super) fn tell(&self, run: &RunId, line: impl FnOnce() -> LogLine) {
        if let Some(observer) = &self.settings.observer {
            observer.event(run, &line());
        }
    }

    pub(super) fn tell_all<'a>(&self, run: &RunId, lines: impl IntoIterator<Item = &'a Recorded>) {
        lines.into_iter().for_each(|recorded| self.tell(run, || log_line(recorded)));
    }

    pub(super) fn show(&self, run: &RunId, step: &Key, bytes: &[u8]) {
        if let Some(observer) = &self.settings.observer {
            observer.output(run, step, &String::from_utf8_lossy(bytes));
        }
    }

    /// What a run begins with here, of nothing but its plan and who begins it.
    pub(super) fn beginning(&self, run: RunId, plan: &PlanHash, dir: &str, by: &Actor) -> Beginning {
        let settings = &self.settings;
        Beginning {
            run,
            plan: plan.clone(),
            project: settings.project.clone(),
            inputs: Map::new(),
            seed: self.draw(),
            by: by.clone(),
            dir: dir.to_owned(),
            servers: settings.hands.servers.iter().map(|server| server.name.clone()).collect(),
            asks_models: settings.hands.can_ask_models(dir),
            lease_ms: settings.lease_ms,
            parent: None,
            labels: Map::new(),
            work_item: None,
            applied: None,
            keys_above: Vec::new(),
            no_cache: false,
            origin: None,
        }
    }

    /// Make a run durable, held by this process.
    pub(super) fn create(
        self: &Arc<Self>,
        plan: &Arc<Plan>,
        beginning: Beginning,
        beside: Option<Beside<'_>>,
    ) -> Result<bool, Error> {
        let hash = beginning.plan.clone();
        let started = begin(plan, beginning).map_err(|failure| outside::invalid_beginning(&failure))?;
        let mut history = History::begin(plan);
        history.add(started, self.now())?;
        self.keep_new(&mut history, plan, &hash, beside)
    }

    /// Make durable what a new run begins with; false where what is written beside it says no.
    pub(super) fn keep_new(
        self: &Arc<Self>,
        history: &mut History,
        plan: &Arc<Plan>,
        hash: &PlanHash,
        beside: Option<Beside<'_>>,
    ) -> Result<bool, Error> {
        let owner = (self.settings.owner)()?;
        self.journal().keep_plan(hash, &plan::text(plan))?;
        self.plans.put(hash, plan);
        let recorded = self.record_in_turn(history, plan, (hash, &owner), beside)?;
        let (Some(recorded), Some(run)) = (recorded, history.run.id()) else { return Ok(false) };
        self.tell_all(run, &recorded);
        self.supersede(plan, run);
        Ok(true)
    }

    /// See to it that the run is carried: here, unless another living process does it or is to do it.
    pub(super) fn carry(self: &Arc<Self>, run: &RunId) -> store::error::Result<()> {
        let elsewhere = self.settings.carries == Carries::Elsewhere;
        if elsewhere || self.is_shutting_down() || self.nudge(run) {
            return Ok(());
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone());
        let owner = (self.settings.owner)()?;
        if !self.journal().claim(run, &owner, self.now(), LEASE)? {
            return Ok(());
        }
        self.keeper.get_or_init(|| keeper::start(self));
        let (worker, handle) = Worker::new(Arc::clone(self), run.clone(), owner);
        {
            let mut carried = self.lock();
            // One that is just leaving takes nothing in any more.
            if carried.get(run).is_some_and(|handle| handle.send(Message::Look)) {
                return Ok(());
            }
            carried.insert(run.clone(), handle);
        }
        let (shared, id) = (Arc::clone(self), run.clone());
        let spawned =
            std::thread::Builder::new().name("run".to_owned()).spawn(move || shared.work(worker, &id));
        spawned.map(|_| ()).map_err(|error| {
            self.forget(run);
            store::Error::Io { path: "a thread".to_owned(), reason: error.to_string() }
        })
    }

    fn work(self: &Arc<Self>, worker: Worker, run: &RunId) {
        let result = catch_unwind(AssertUnwindSafe(|| worker.carry())).unwrap_or_else(|_| {
            Err(store::Error::Io { path: "a worker".to_owned(), reason: "a bug in wfmcp".to_owned() })
        });
        self.forget(run);
        let trouble = match result {
            // What came in while the worker was leaving found no worker: look once more.
            Ok(()) if self.journal().run(run).is_ok_and(|row| row.ready && row.ended_at.is_none()) => {
                self.carry(run).err()
            }
            other => other.err(),
        };
        if let Some(trouble) = trouble {
            tracing::error!(run = run.as_str(), %trouble, "the run stays where it was");
            self.troubles.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone(), trouble);
        }
        self.rested.notify_all();
    }

    /// Its worker has left; another may be there by now.
    fn forget(&self, run: &RunId) {
        let mut carried = self.lock();
        if carried.get(run).is_some_and(|handle| !handle.send(Message::Look)) {
            carried.remove(run);
        }
    }

    /// Why this process could not go on with a run; told once.
    pub(super) fn take_trouble(&self, run: &RunId) -> Option<store::Error> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).remove(run)
    }

    /// Whether a run that is ready is for this process to take up. One that only carries what it was asked to leaves
    /// the others alone: it would break their steps off when it ends.
    pub(super) fn takes_up(&self, run: &RunId) -> bool {
        let troubled = self.troubles.lock().unwrap_or_else(PoisonError::into_inner).contains_key(run);
        let asked = || self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains(run);
        !troubled && (self.takes_all() || asked())
    }

    pub(super) fn queued(&self) -> MutexGuard<'_, BTreeSet<RunId>> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Go on with a run that is ready.
    pub(super) fn take_up(self: &Arc<Self>, row: &RunRow) -> store::error::Result<()> {
        if row.ended_at.is_some() { self.report_to_parent(&row.run) } else { self.carry(&row.run) }
    }

    pub(super) fn take_all(self: &Arc<Self>) {
        self.takes_all.store(true, Ordering::SeqCst);
        self.keeper.get_or_init(|| keeper::start(self));
    }

    pub(super) fn takes_all(&self) -> bool {
        self.takes_all.load(Ordering::SeqCst)
    }

    /// Tell a run's worker here to look around; false if there is none.
    pub(super) fn nudge(&self, run: &RunId) -> bool {
        self.lock().get(run).is_some_and(|handle| handle.send(Message::Look))
    }

    pub(super) fn carries(&self, run: &RunId) -> bool {
        self.lock().contains_key(run)
    }

    /// Until the run has no worker here, at most `timeout`: the commits of a busy run wake nobody.
    pub(super) fn wait_rest(&self, run: &RunId, timeout: Duration) {
        let guard = self.lock();
        let _carried = self
            .rested
            .wait_timeout_while(guard, timeout, |carried| carried.contains_key(run))
            .unwrap_or_else(PoisonError::into_inner);
    }

    pub(super) fn workers(&self) -> Vec<(RunId, Handle)> {
        self.lock().iter().map(|(run, handle)| (run.clone(), handle.clone())).collect()
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.shutting_down.load(Ordering::SeqCst)
    }

    /// End what this process carries, and wait a moment for it.
    pub(super) fn shut_down(&self, patience: Duration) {
        self.stop_all();
        let guard = self.lock();
        let _rested = self
            .rested
            .wait_timeout_while(guard, patience, |carried| !carried.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
    }

    /// Tell whatever goes on here to end.
    pub(super) fn stop_all(&self) {
        self.shutting_down.store(true, Ordering::SeqCst);
        for (_, handle) in self.workers() {
            if let Some((_, stop)) = handle.inline() {
                stop.request(Cause::Shutdown);
            }
            handle.send(Message::Look);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RunId, Handle>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
