//! Several writes as one transaction of a thread: all of them or none, seen by nobody before, and nobody comes in between.

use super::common::{Place, append, create, finished, row};
use super::work::draft;
use crate::engine::event::{Actor, Face, RunId};
use crate::records::work::ItemType;
use crate::records::{Filter, work::Item};
use crate::store::Error;
use crate::store::entities::{Batch, Decision, Direction, Entities, Query, Sort, State, TypeDraft, Which};
use crate::store::error::Result;
use crate::store::journal::{Entry, Journal, Stays};
use crate::store::sqlite::Project;
use crate::store::work::{Work, WorkFilter};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

fn item(project: &Project, id: &str) -> Result<Item> {
    project.create_item(&draft(id, ItemType::Task, None))
}

fn is_there(project: &Project, id: &str) -> bool {
    match project.item(id) {
        Ok(_) => true,
        Err(Error::NotFound { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

fn events(project: &Project, run: &str) -> u64 {
    project.read(&RunId::new(run), 0).unwrap().len() as u64
}

/// One event more, behind all that are there.
fn append_one(project: &Project, run: &str) -> Result<()> {
    let (row, after) = (row(run), project.read(&RunId::new(run), 0)?.len() as u64);
    let events = [finished("a", "x")];
    project.append(&Entry {
        run: &row.run,
        after,
        owner: None,
        at: 5,
        events: &events,
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    })
}

#[test]
fn what_is_written_together_is_seen_in_it_and_by_others_after_it() {
    let place = Place::new();
    let (project, (_home, other)) = (&place.project, place.again());
    create(project, "r-1", None).unwrap();
    let seen = other.version().unwrap();
    let beside = |work: &(dyn Fn() -> bool + Sync)| std::thread::scope(|it| it.spawn(work).join().unwrap());
    project
        .together(&mut || {
            item(project, "w-a")?;
            assert!(is_there(project, "w-a") && !is_there(&other, "w-a"), "another process does not see it");
            assert!(!beside(&|| is_there(project, "w-a")), "another thread does not");
            append(project, &row("r-1"), 1, None)?;
            assert_eq!((events(project, "r-1"), events(&other, "r-1")), (3, 1));
            assert_eq!(other.version().unwrap(), seen);
            Ok(Stays::All)
        })
        .unwrap();
    assert!(other.version().unwrap() != seen);
    assert!(is_there(&other, "w-a") && beside(&|| is_there(project, "w-a")));
    assert_eq!(events(&other, "r-1"), 3);
}

#[test]
fn what_does_not_stay_leaves_nothing() {
    let place = Place::new();
    let project = &place.project;
    create(project, "r-1", None).unwrap();
    project.runs_by_prefix("r-", 9).unwrap();
    let write = |id: &str| {
        item(project, id)?;
        create(project, &format!("r-of-{id}"), None)?;
        assert_eq!(project.runs_by_prefix("r-", 9)?.len(), 2, "what it wrote itself");
        append(project, &row("r-1"), 1, None)
    };
    let given_up = project.together(&mut || write("w-a").map(|()| Stays::Nothing));
    given_up.unwrap();
    let failed = project.together(&mut || {
        write("w-b")?;
        append(project, &row("r-1"), 1, None).map(|()| Stays::All)
    });
    assert!(matches!(failed, Err(Error::Conflict { expected: 1, actual: 3, .. })), "{failed:?}");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        project.together(&mut || {
            write("w-c")?;
            panic!("in the middle");
        })
    }));
    assert!(panicked.is_err());
    for id in ["w-a", "w-b", "w-c"] {
        assert!(!is_there(project, id), "{id}");
    }
    assert_eq!(events(project, "r-1"), 1);
    assert_eq!(project.runs_by_prefix("r-", 9).unwrap(), [RunId::new("r-1")], "nothing of it is remembered");
    let (_home, other) = place.again();
    std::thread::scope(|scope| scope.spawn(|| item(project, "w-d").map(drop)).join().unwrap()).unwrap();
    item(&other, "w-e").unwrap();
    project.together(&mut || write("w-a").map(|()| Stays::All)).unwrap();
    assert!(is_there(&other, "w-a"));
}

#[test]
fn what_is_refused_spoils_nothing_and_what_the_database_fails_at_spoils_all() {
    let place = Place::new();
    let project = &place.project;
    project
        .together(&mut || {
            item(project, "w-a")?;
            assert!(matches!(item(project, "w-a"), Err(Error::Exists { .. })));
            assert!(
                project.together(&mut || Ok(Stays::All)).is_err(),
                "what is in it can't be durable by itself"
            );
            item(project, "w-b").map(|_| Stays::All)
        })
        .unwrap();
    assert!(is_there(project, "w-a") && is_there(project, "w-b"));

    let sabotage = "CREATE TEMP TRIGGER no BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'no'); END";
    project.database().writer.sabotage(sabotage);
    let spoiled = project.together(&mut || {
        item(project, "w-c")?;
        assert!(matches!(create(project, "r-1", None), Err(Error::Io { .. })));
        assert!(matches!(item(project, "w-d"), Err(Error::Io { .. })), "nothing more can stay");
        Ok(Stays::All)
    });
    assert!(matches!(spoiled, Err(Error::Io { .. })), "{spoiled:?}");
    project.database().writer.sabotage("DROP TRIGGER no");
    assert!(!is_there(project, "w-c"));
    item(project, "w-c").unwrap();
}

#[test]
fn entities_that_are_written_together_are_found_in_it() {
    let place = Place::new();
    let project = &place.project;
    let (name, schema, by) = ("thing".to_owned(), json!(true), "ada".to_owned());
    project.put_entity_type(&TypeDraft { name, schema, description: None, by, at: 1 }, None).unwrap();
    let put = |name: &str| {
        project.write_entities(Batch {
            kind: "thing".to_owned(),
            items: vec![Which::Name(name.to_owned())],
            by: Actor::new("ada", Face::Script),
            at: 2,
            decide: Box::new(|_, _, _| Decision::Put { data: json!({ "n": 1 }), tags: Vec::new() }),
        })
    };
    let query = Query {
        kind: "thing".to_owned(),
        filter: Filter::default(),
        state: State::Live,
        sort: Sort::Updated,
        direction: Direction::Up,
        after: None,
        limit: 9,
        bytes_max: usize::MAX,
    };
    let count = || project.count_entities("thing", &Filter::default(), State::Live).unwrap();
    for (stays, kept) in [(Stays::Nothing, 0), (Stays::All, 2)] {
        project
            .together(&mut || {
                put("a")?;
                put("b")?;
                assert_eq!((project.find_entities(&query)?.rows.len(), count()), (2, 2));
                Ok(stays)
            })
            .unwrap();
        assert_eq!((project.find_entities(&query).unwrap().rows.len(), count()), (kept, kept as u64));
    }
}

/// The others queue up while it lasts, threads and processes, and come after all of it.
#[test]
fn whoever_wants_to_write_meanwhile_comes_after_it() {
    let place = Place::new();
    let (project, others) = (&place.project, [place.again(), place.again()]);
    let (told, asks) = channel();
    std::thread::scope(|scope| {
        project
            .together(&mut || {
                item(project, "w-first")?;
                for n in 0..8 {
                    let (told, others) = (told.clone(), &others);
                    scope.spawn(move || {
                        let of = if n < 4 { project } else { &others[n % 2].1 };
                        told.send(()).unwrap();
                        item(of, &format!("w-{n}")).unwrap();
                    });
                }
                asks.iter().take(8).for_each(drop);
                assert_eq!(project.count_items(&WorkFilter::default())?, 1);
                item(project, "w-second").map(|_| Stays::All)
            })
            .unwrap();
    });
    let sql = "SELECT item FROM work_items ORDER BY id";
    let order: Vec<String> = project
        .database()
        .read(|connection| {
            let mut statement = connection.prepare(sql)?;
            let names = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(names)
        })
        .unwrap();
    assert_eq!((order.len(), &order[..2]), (10, &["w-first".to_owned(), "w-second".to_owned()][..]));
}

/// What was read in it is still so when it is written: nobody ever conflicts, beside any number of queued writers.
#[test]
fn many_threads_and_processes_take_turns() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    let others: Vec<_> = (0..3).map(|_| place.again()).collect();
    std::thread::scope(|scope| {
        for thread in 0..12 {
            let (_, project) = &others[thread % 3];
            scope.spawn(move || {
                for n in 0..8 {
                    project.together(&mut || append_one(project, "r-1").map(|()| Stays::All)).unwrap();
                    item(project, &format!("w-{thread}-{n}")).unwrap();
                }
            });
        }
    });
    assert_eq!(events(&place.project, "r-1"), 1 + 12 * 8);
    assert_eq!(place.project.count_items(&WorkFilter::default()).unwrap(), 12 * 8);
}
