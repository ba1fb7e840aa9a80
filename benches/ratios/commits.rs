//! Durable steps: the journal's commit of a step, beside SQLite's own of the same bytes.

use super::floor::sqlite_commit;
use super::place::Place;
use super::rounds::{Floor, Row, Unit, timed};
use serde_json::{Map, json};
use std::sync::Arc;
use wfmcp::engine::event::{Event, Key, Output, PlanHash, RunId};
use wfmcp::store::journal::{Entry, Journal, RunRow};
use wfmcp::store::registry::Registry;
use wfmcp::store::sqlite::{Home, Project};

pub fn one_run(place: &Place) -> Row {
    let count = place.size(1_000);
    let store = Store::open(place, "commits/one");
    let mut run = Run::create(&store, "r-one000");
    Row {
        what: "durable step, one run, sequential".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || timed(count, || (0..count).for_each(|_| run.step(&store)))),
        floors: vec![floor(place, "commits/one.db", "<= 1.3")],
    }
}

pub fn many_runs(place: &Place) -> Row {
    const RUNS: u32 = 64;
    let steps = place.size(320);
    let store = Store::open(place, "commits/many");
    let mut runs: Vec<Run> = (0..RUNS).map(|n| Run::create(&store, &format!("r-{n:06}"))).collect();
    Row {
        what: "durable steps, 64 runs at once".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            timed(RUNS * steps, || {
                std::thread::scope(|scope| {
                    for run in &mut runs {
                        let store = &store;
                        scope.spawn(move || (0..steps).for_each(|_| run.step(store)));
                    }
                });
            })
        }),
        floors: vec![floor(place, "commits/many.db", "<= 0.2")],
    }
}

/// A whole run: its first event, the intent of its first step, three outcomes.
pub fn three_steps(place: &Place) -> Row {
    let count = place.size(200);
    let store = Store::open(place, "commits/three");
    let mut made = 0;
    let three = place.path("commits/three.db");
    let mut commit = sqlite_commit(&three, step_bodies(), 3);
    Row {
        what: "run of three durable steps, start to end".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            timed(count, || {
                for _ in 0..count {
                    made += 1;
                    let mut run = Run::create(&store, &format!("r-three{made}"));
                    let intent = Event::Attempted { step: Key::new("step-1"), attempt: 1 };
                    run.append(&store, &[intent]);
                    (0..3).for_each(|_| run.step(&store));
                }
            })
        }),
        floors: vec![Floor {
            what: "three SQLite FULL commits of a step's bytes",
            aim: "5 commits: <= 2.0",
            contender: Box::new(move || 3.0 * (0..count).map(|_| commit()).sum::<f64>() / f64::from(count)),
        }],
    }
}

/// One commit of what a sequential step leaves, by SQLite itself.
pub fn floor(place: &Place, name: &str, aim: &'static str) -> Floor {
    std::fs::create_dir_all(place.path(name).parent().expect("a parent")).expect("a folder");
    let contender = sqlite_commit(&place.path(name), step_bodies(), place.size(1_000));
    Floor { what: "one SQLite FULL commit of the same bytes", aim, contender }
}

fn step_bodies() -> Vec<String> {
    step_events(1).iter().map(|event| serde_json::to_string(event).expect("JSON")).collect()
}

/// What a sequential shell step leaves in one commit: its outcome and the intent of the next.
fn step_events(step: u64) -> Vec<Event> {
    let output = Output { exit_code: Some(0), ..Output::default() };
    vec![
        Event::Finished { step: Key::new(format!("step-{step}")), output },
        Event::Attempted { step: Key::new(format!("step-{}", step + 1)), attempt: 1 },
    ]
}

struct Store {
    project: Arc<Project>,
    owner: String,
    _guard: wfmcp::store::sqlite::OwnerGuard,
    _home: Home,
}

impl Store {
    fn open(place: &Place, name: &str) -> Self {
        let home = Home::open(&place.path(name)).expect("a home");
        let active = home.registry().expect("a registry").active().expect("a project").id;
        let project = home.project(&active).expect("its store");
        let guard = home.owner().expect("an owner");
        Self { project, owner: guard.id().to_owned(), _guard: guard, _home: home }
    }
}

struct Run {
    id: RunId,
    events: u64,
    row: RunRow,
}

impl Run {
    fn create(store: &Store, id: &str) -> Self {
        let (id, hash) = (RunId::new(id), PlanHash::new("plan"));
        let started = json!({"started": {
            "behaviour": 1, "run": id.as_str(), "workflow": "bench", "plan": "plan", "inputs": {}, "seed": 1,
            "project": {"id": "default", "name": "default"}, "by": {"name": "bench", "face": "script"}, "dir": "/", "lease_ms": 600_000
        }});
        let started: Event = serde_json::from_value(started).expect("the first event");
        store.project.keep_plan(&hash, "{}").expect("a plan");
        let row = RunRow {
            run: id.clone(),
            workflow: "bench".to_owned(),
            version: None,
            status: "running".to_owned(),
            current_step: None,
            steps_done: 0,
            steps_total: 1_000,
            pending: 0,
            error: None,
            started_at: 1_763_633_000_000,
            updated_at: 1_763_633_000_000,
            ended_at: None,
            due: None,
            ready: true,
            parent: None,
            started_by: "bench".to_owned(),
            labels: Map::new(),
            work_item: None,
        };
        let run = Self { id, events: 0, row };
        store.project.create(&run.entry(store, &[started]), &hash).expect("a run");
        Self { events: 1, ..run }
    }

    fn entry<'a>(&'a self, store: &'a Store, events: &'a [Event]) -> Entry<'a> {
        let at = self.row.updated_at;
        Entry {
            run: &self.id,
            after: self.events,
            owner: Some(&store.owner),
            at,
            events,
            row: &self.row,
            actions: None,
            application: None,
            turn: None,
            cached: &[],
        }
    }

    fn step(&mut self, store: &Store) {
        self.row.steps_done += 1;
        self.row.current_step = Some(format!("step-{}", self.row.steps_done));
        self.append(store, &step_events(self.row.steps_done));
    }

    fn append(&mut self, store: &Store, events: &[Event]) {
        self.row.updated_at += 1;
        store.project.append(&self.entry(store, events)).expect("a commit");
        self.events += events.len() as u64;
    }
}
