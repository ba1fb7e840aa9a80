//! A tree of work items: what a change costs beside SQLite's own commit, what a question costs beside reading every item.

use super::floor::sqlite_commit;
use super::place::Place;
use super::rounds::{Contender, Floor, Row, Unit, timed};
use rusqlite::{Connection, params};
use serde_json::{Map, json};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use wfmcp::records::work::{Draft, Edit, ItemType, Priority, Status};
use wfmcp::store::registry::Registry;
use wfmcp::store::sqlite::{Home, Project};
use wfmcp::store::work::{Readiness, Work, WorkFilter};

const AT: i64 = 1_763_633_000_000;
const PAGE: usize = 50;
/// A project with 9 sessions of 10 tasks of 10 subtasks, as near as ten in ten goes.
const IN_PROJECT: u32 = 1_000;

pub fn create(place: &Place) -> Row {
    let count = place.size(1_000);
    let (store, next) = (Store::open(place, "work/create"), Cell::new(0));
    Row {
        what: "a new work item".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            let first = next.replace(next.get() + count);
            timed(count, || store.fill(first..first + count))
        }),
        floors: vec![commit(place, "work/create.db", count)],
    }
}

/// What is above it is told by the same commit.
pub fn status(place: &Place) -> Row {
    let count = place.size(500);
    let store = Store::open(place, "work/status");
    store.fill(0..IN_PROJECT);
    let round = Cell::new(0);
    Row {
        what: "a status four levels below".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            let n = round.replace(round.get() + 1);
            let status = if n % 2 == 0 { Status::InProgress } else { Status::Open };
            timed(count, || (0..count).for_each(|at| store.set(100 + at % 900, status)))
        }),
        floors: vec![commit(place, "work/status.db", count)],
    }
}

pub fn ready(place: &Place) -> Row {
    let filter = WorkFilter { readiness: Some(Readiness::Ready), limit: Some(PAGE), ..WorkFilter::default() };
    question(place, "work items that are ready: first page", move |store| {
        assert_eq!(store.project.items(&filter).expect("a page").len(), PAGE);
    })
}

pub fn tally(place: &Place) -> Row {
    question(place, "what is below a project of 1,000, by status", |store| {
        store.project.tally("/w-0/").expect("a tally");
    })
}

fn question(place: &Place, what: &str, ask: impl Fn(&Store) + 'static) -> Row {
    let count = place.size(100_000);
    let store = Store::open(place, "work/asked");
    if store.project.count_items(&WorkFilter::default()).expect("a count") == 0 {
        store.fill(0..count);
    }
    let times = 20;
    Row {
        what: format!("{what}, of {count}"),
        unit: Unit::Seconds,
        ours: Box::new(move || timed(times, || (0..times).for_each(|_| ask(&store)))),
        floors: vec![Floor {
            what: "SQLite reading every item",
            aim: "<= 0.1",
            contender: read_all(place, count),
        }],
    }
}

fn commit(place: &Place, name: &str, count: u32) -> Floor {
    let item = json!({ "id": "w-123456", "type": "subtask", "title": "Write it down", "path": "/w-1/w-12/w-123/w-123456/" });
    Floor {
        what: "one SQLite FULL commit of the same bytes",
        aim: "<= 2",
        contender: sqlite_commit(&place.path(name), vec![item.to_string()], count),
    }
}

fn read_all(place: &Place, count: u32) -> Contender {
    let file = place.path("work/asked.db");
    let is_new = !file.exists();
    let database = Rc::new(Connection::open(&file).expect("a database"));
    if is_new {
        let schema = "CREATE TABLE item (id TEXT PRIMARY KEY, parent TEXT, path TEXT, status TEXT, title TEXT) STRICT; BEGIN";
        database.execute_batch(schema).expect("a schema");
        for n in 0..count {
            let parent = parent(n).map(|parent| format!("w-{parent}"));
            let row = params![format!("w-{n}"), parent, path(n), "open", format!("Item {n}")];
            database.execute("INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5)", row).expect("a row");
        }
        database.execute_batch("COMMIT").expect("a commit");
    }
    Box::new(move || {
        timed(1, || {
            let mut all =
                database.prepare_cached("SELECT id, path, status, title FROM item").expect("a statement");
            let rows = all.query_map([], |row| Ok(row.get_ref(2)?.as_str()? == "open")).expect("rows");
            assert!(rows.filter(|row| *row == Ok(true)).count() > 0, "nothing is open");
        })
    })
}

/// What an item is part of.
fn parent(n: u32) -> Option<u32> {
    let (first, at) = (n - n % IN_PROJECT, n % IN_PROJECT);
    match at {
        0 => None,
        1..10 => Some(first),
        10..100 => Some(first + 1 + (at - 10) / 10),
        _ => Some(first + 10 + (at - 100) / 10),
    }
}

fn path(n: u32) -> String {
    parent(n).map_or_else(|| format!("/w-{n}/"), |parent| format!("{}w-{n}/", path(parent)))
}

struct Store {
    project: Arc<Project>,
    _home: Home,
}

impl Store {
    fn open(place: &Place, name: &str) -> Self {
        let home = Home::open(&place.path(name)).expect("a home");
        let active = home.registry().expect("a registry").active().expect("a project").id;
        let project = home.project(&active).expect("its store");
        Self { project, _home: home }
    }

    fn fill(&self, numbers: std::ops::Range<u32>) {
        for n in numbers {
            let item_type = match n % IN_PROJECT {
                0 => ItemType::Project,
                1..10 => ItemType::Session,
                10..100 => ItemType::Task,
                _ => ItemType::Subtask,
            };
            let draft = Draft {
                id: format!("w-{n}"),
                item_type,
                title: format!("Item {n}"),
                parent: parent(n).map(|parent| format!("w-{parent}")),
                status: Status::Open,
                priority: Priority::Normal,
                metadata: Map::new(),
                at: AT,
                by: "bench".to_owned(),
            };
            self.project.create_item(&draft).expect("an item");
        }
    }

    fn set(&self, n: u32, status: Status) {
        let edit = Edit {
            item: format!("w-{n}"),
            version: None,
            title: None,
            status: Some(status),
            priority: None,
            metadata: None,
            parent: None,
            branch: None,
            at: AT,
            by: "bench".to_owned(),
        };
        self.project.update_item(&edit).expect("a change");
    }
}
