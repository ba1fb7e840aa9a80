//! Entities and the project in use: what a write costs beside SQLite's own of the same bytes, what a question costs beside
//! reading everything.

use super::place::Place;
use super::postgres::Postgres;
use super::rounds::{Contender, Floor, Row, Unit, timed};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use wfmcp::engine::event::{Actor, Face};
use wfmcp::records::{Filter, condition};
use wfmcp::store::entities::{Batch, Decision, Direction, Entities, Query, Sort, State, TypeDraft, Which};
use wfmcp::store::registry::{ProjectRow, Registry};
use wfmcp::store::sqlite::{Home, Project};

const KIND: &str = "vendor";
/// Entities that share a commit while many are written.
const BATCH: u32 = 1_000;
const PAGE: usize = 50;
const AT: i64 = 1_763_633_000_000;

pub fn load(place: &Place) -> Row {
    let count = place.size(20_000);
    let (store, next) = (Store::open(place, "records/load"), Cell::new(0));
    Row {
        what: "one of many new entities, 1,000 a commit".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            let first = next.replace(next.get() + count);
            timed(count, || store.fill(first..first + count))
        }),
        floors: vec![Floor {
            what: "an SQLite row of the same bytes, 1,000 a commit",
            aim: "50 us",
            contender: plain_load(&place.path("records/load.db"), count),
        }],
    }
}

pub fn update(place: &Place) -> Row {
    let count = place.size(500);
    let store = Store::open(place, "records/update");
    store.fill(0..BATCH);
    let round = Cell::new(0);
    Row {
        what: "durable update of one field".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            let n = round.replace(round.get() + 1);
            timed(count, || {
                for at in 0..count {
                    let mut data = data(at % BATCH);
                    data["score"] = json!(n * 1_000 + at);
                    store.write(vec![at % BATCH], move |_| data.clone());
                }
            })
        }),
        floors: vec![Floor {
            what: "one SQLite FULL commit of the same bytes",
            aim: "<= 2",
            contender: plain_updates(&place.path("records/update.db"), count),
        }],
    }
}

/// Questions beside a look at every document, and beside PostgreSQL's index of them.
pub fn one_in_a_hundred(place: &Place) -> Row {
    containment(place, "contains, 1 %: first page", &json!({ "region": "r-7" }), ("$.region", "r-7"))
}

pub fn one_in_ten_thousand(place: &Place) -> Row {
    let part = json!({ "owner": { "name": "o-7" } });
    containment(place, "contains, 0.01 %: first page", &part, ("$.owner.name", "o-7"))
}

pub fn two_keys(place: &Place) -> Row {
    let part = json!({ "region": "r-7", "status": "broken" });
    containment(place, "contains, two keys: first page", &part, ("$.region", "r-7"))
}

pub fn a_list_item(place: &Place) -> Row {
    containment(place, "contains an item: first page", &json!({ "tags": ["t-7"] }), ("$.tags[0]", "t-7"))
}

pub fn a_path(place: &Place) -> Row {
    let conditions = condition::parse("data.score >= 990").expect("a condition");
    let filter = Filter { conditions, ..Filter::default() };
    question(place, "a path is at least: first page", filter, ("$.score", "999"))
}

fn containment(place: &Place, what: &str, part: &Value, scanned: (&'static str, &'static str)) -> Row {
    let filter = Filter { parts: vec![part.clone()], ..Filter::default() };
    let mut row = question(place, what, filter, scanned);
    let count = place.entities;
    if let Some(postgres) = place.postgres(|postgres| fill_postgres(postgres, count)) {
        let query = format!(
            "SELECT name, data FROM entity WHERE data @> '{part}' ORDER BY updated DESC, id DESC LIMIT {PAGE}"
        );
        let times = 20;
        row.floors.push(Floor {
            what: "PostgreSQL, jsonb with GIN, its client's time",
            aim: "< 1",
            contender: Box::new(move || {
                let mut postgres = postgres.borrow_mut();
                (0..times).map(|_| postgres.seconds(&query)).sum::<f64>() / f64::from(times)
            }),
        });
    }
    row
}

fn fill_postgres(postgres: &mut Postgres, count: u32) {
    postgres.ask(
        "CREATE TABLE entity (id bigint PRIMARY KEY, name text NOT NULL UNIQUE, updated bigint NOT NULL, data jsonb NOT NULL);",
    );
    for first in (0..count).step_by(BATCH as usize) {
        let rows = (first..count.min(first + BATCH)).map(|n| format!("{n}\tv-{n}\t{AT}\t{}\n", data(n)));
        postgres.ask(&format!("COPY entity FROM STDIN;\n{}\\.", rows.collect::<String>()));
    }
    postgres.ask(
        "CREATE INDEX ON entity USING gin (data jsonb_path_ops); CREATE INDEX ON entity (updated, id); VACUUM ANALYZE entity;",
    );
}

pub fn switch_project(place: &Place) -> Row {
    let count = place.size(500);
    let home = Home::open(&place.path("records/switch")).expect("a home");
    let registry = home.registry().expect("a registry");
    let first = registry.active().expect("a project");
    let second = ProjectRow { id: "p-second".to_owned(), name: "second".to_owned(), ..first.clone() };
    registry.create(&second).expect("another");
    Row {
        what: "switch of the project in use".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            timed(count, || {
                for at in 0..count {
                    let id = if at % 2 == 0 { &second.id } else { &first.id };
                    registry.set_active(id).expect("a switch");
                }
            })
        }),
        floors: vec![Floor {
            what: "one SQLite FULL commit",
            aim: "< 1 ms",
            contender: plain_updates(&place.path("records/switch.db"), count),
        }],
    }
}

fn question(place: &Place, what: &str, filter: Filter, scanned: (&'static str, &'static str)) -> Row {
    let count = place.entities;
    let store = Store::shared(place, count);
    let query = Query {
        kind: KIND.to_owned(),
        filter,
        state: State::Live,
        sort: Sort::Updated,
        direction: Direction::Down,
        after: None,
        limit: PAGE,
        bytes_max: usize::MAX,
    };
    let times = 20;
    Row {
        what: format!("{what}, of {count}"),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            timed(times, || {
                (0..times).for_each(|_| drop(store.project.find_entities(&query).expect("a page")));
            })
        }),
        floors: vec![Floor {
            what: "a scan by SQLite's json_extract",
            aim: "<= 0.1",
            contender: scan(place, count, scanned),
        }],
    }
}

/// Twelve fields.
fn data(n: u32) -> Value {
    json!({
        "status": if n.is_multiple_of(3) { "broken" } else { "operational" },
        "region": format!("r-{}", n % 100), "n": n, "score": n % 1_000,
        "owner": { "name": format!("o-{}", n % 10_000), "team": format!("team-{}", n % 40) },
        "tags": [format!("t-{}", n % 200), "all"], "price": f64::from(n % 9_973) / 8.0, "note": format!("note {n}"),
        "active": n.is_multiple_of(2), "zip": format!("{:05}", n % 90_000), "mail": format!("{n}@example.org"), "level": n % 7,
    })
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
        if project.entity_type(KIND).is_err() {
            let draft = TypeDraft {
                name: KIND.to_owned(),
                schema: json!({ "type": "object" }),
                description: None,
                by: "bench".to_owned(),
                at: AT,
            };
            project.put_entity_type(&draft, None).expect("a type");
        }
        Self { project, _home: home }
    }

    /// The one that every question is put to, filled by whoever asks first.
    fn shared(place: &Place, count: u32) -> Self {
        let store = Self::open(place, "records/asked");
        if store.project.entity_type(KIND).expect("a type").count == 0 {
            store.fill(0..count);
            drop(store);
            return Self::open(place, "records/asked");
        }
        store
    }

    fn fill(&self, numbers: std::ops::Range<u32>) {
        let numbers: Vec<u32> = numbers.collect();
        for batch in numbers.chunks(BATCH as usize) {
            self.write(batch.to_vec(), data);
        }
    }

    fn write(&self, numbers: Vec<u32>, data: impl Fn(u32) -> Value + Send + 'static) {
        let batch = Batch {
            kind: KIND.to_owned(),
            items: numbers.iter().map(|n| Which::Name(format!("v-{n}"))).collect(),
            by: Actor::new("bench", Face::Script),
            at: AT,
            decide: Box::new(move |_, at, _| Decision::Put { data: data(numbers[at]), tags: Vec::new() }),
        };
        self.project.write_entities(batch).expect("a commit");
    }
}

fn plain(path: &Path) -> Connection {
    let database = Connection::open(path).expect("a database");
    let schema = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                  CREATE TABLE IF NOT EXISTS entity (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data TEXT NOT NULL) STRICT;";
    database.execute_batch(schema).expect("a schema");
    database
}

fn plain_fill(database: &Connection, numbers: std::ops::Range<u32>) {
    let numbers: Vec<u32> = numbers.collect();
    for batch in numbers.chunks(BATCH as usize) {
        database.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        for n in batch {
            let mut insert = database
                .prepare_cached("INSERT INTO entity (name, data) VALUES (?1, ?2)")
                .expect("a statement");
            insert.execute(params![format!("v-{n}"), data(*n).to_string()]).expect("a row");
        }
        database.execute_batch("COMMIT").expect("a commit");
    }
}

fn plain_load(path: &Path, count: u32) -> Contender {
    let (database, next) = (plain(path), Cell::new(0));
    Box::new(move || {
        let first = next.replace(next.get() + count);
        timed(count, || plain_fill(&database, first..first + count))
    })
}

fn plain_updates(path: &Path, count: u32) -> Contender {
    let database = plain(path);
    plain_fill(&database, 0..BATCH);
    let mut round = 0;
    Box::new(move || {
        // What is the same as before would not even be written.
        round += count;
        timed(count, || {
            for n in 0..count {
                let sql = "UPDATE entity SET data = ?2 WHERE name = ?1";
                let mut update = database.prepare_cached(sql).expect("a statement");
                update
                    .execute(params![format!("v-{}", n % BATCH), data(round + n).to_string()])
                    .expect("a commit");
            }
        })
    })
}

fn scan(place: &Place, count: u32, (path, value): (&'static str, &'static str)) -> Contender {
    let file = place.path("records/asked.db");
    let is_new = !file.exists();
    let database = Rc::new(plain(&file));
    if is_new {
        plain_fill(&database, 0..count);
    }
    Box::new(move || {
        timed(1, || {
            let sql = "SELECT id FROM entity WHERE CAST(json_extract(data, ?1) AS TEXT) = ?2";
            let mut found = database.prepare_cached(sql).expect("a statement");
            let rows = found.query_map([path, value], |row| row.get::<_, i64>(0)).expect("rows");
            assert!(rows.count() > 0, "nothing at {path} is {value}");
        })
    })
}
