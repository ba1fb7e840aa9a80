//! Full disks, read-only and damaged files, and data from the future: a clear error, and nothing lost.

use super::common::{Place, append, create, finished, row};
use crate::engine::event::RunId;
use crate::store::Error;
use crate::store::journal::{Entry, Journal};
use crate::store::maintenance::Maintenance;
use crate::store::sqlite::Home;
use rusqlite::Connection;
use std::io::{Seek, SeekFrom, Write};

#[test]
fn a_full_disk_is_said_and_the_run_stays_where_it_was() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    place.project.database().writer.sabotage("PRAGMA max_page_count = 1");
    let row = row("r-1");
    let events = [finished("a", &"x".repeat(100_000))];
    let entry = Entry {
        run: &row.run,
        after: 1,
        owner: None,
        at: 5,
        events: &events,
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    };
    let full = place.project.append(&entry).unwrap_err();
    assert!(matches!(&full, Error::Full { path } if path.ends_with("journal.db")), "{full}");
    assert_eq!(place.project.read(&row.run, 0).unwrap().len(), 1);
    place.project.database().writer.sabotage("PRAGMA max_page_count = 1000000");
    place.project.append(&entry).unwrap();
}

#[test]
fn one_submitters_failure_does_not_spoil_the_batch_of_the_others() {
    let place = Place::new();
    let runs = 16;
    for n in 0..runs {
        create(&place.project, &format!("r-{n}"), None).unwrap();
    }
    // Room for small entries, not for the large ones.
    let writer = &place.project.database().writer;
    let pages: u32 =
        place.project.database().read(|c| Ok(c.query_row("PRAGMA page_count", [], |r| r.get(0))?)).unwrap();
    writer.sabotage(&format!("PRAGMA max_page_count = {}", pages + 12));
    let outcomes: Vec<bool> = std::thread::scope(|scope| {
        let submit = |n: usize| {
            let project = &place.project;
            scope.spawn(move || {
                let row = row(&format!("r-{n}"));
                let size = if n.is_multiple_of(2) { 10 } else { 200_000 };
                let events = [finished("a", &"x".repeat(size))];
                let entry = Entry {
                    run: &row.run,
                    after: 1,
                    owner: None,
                    at: 5,
                    events: &events,
                    row: &row,
                    actions: None,
                    application: None,
                    turn: None,
                    cached: &[],
                };
                project.append(&entry).is_ok()
            })
        };
        let threads: Vec<_> = (0..runs).map(submit).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (n, written) in outcomes.into_iter().enumerate() {
        assert_eq!(written, n % 2 == 0, "r-{n}");
    }
}

#[test]
fn a_read_only_file_is_said_to_be_one() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    place.project.database().writer.sabotage("PRAGMA query_only = 1");
    let refused = append(&place.project, &row("r-1"), 1, None).unwrap_err();
    assert!(matches!(&refused, Error::ReadOnly { path, .. } if path.ends_with("journal.db")), "{refused}");
    assert_eq!(place.project.read(&RunId::new("r-1"), 0).unwrap().len(), 1);
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    // The administrator may write anywhere, so for them this folder is one of the kernel's.
    let folder = if rustix::process::geteuid().is_root() { "/proc/wfmcp" } else { "/wfmcp" };
    let error = Home::open(folder.as_ref()).err().unwrap();
    assert!(error.to_string().contains(folder), "{error}");
}

#[test]
fn a_store_from_the_future_is_left_alone() {
    let place = Place::new();
    Connection::open(place.database()).unwrap().execute_batch("PRAGMA user_version = 700").unwrap();
    let home = Home::open(place.folder.path()).unwrap();
    assert!(matches!(home.project("default").err(), Some(Error::Newer { found: 700, .. })));
    let left: u32 = Connection::open(place.database())
        .unwrap()
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 700);
}

#[test]
fn an_entry_from_the_future_stops_only_its_run() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    create(&place.project, "r-2", None).unwrap();
    let sql = "UPDATE entries SET format = 9 WHERE run = 1";
    Connection::open(place.database()).unwrap().execute_batch(sql).unwrap();
    assert!(matches!(place.project.read(&RunId::new("r-1"), 0), Err(Error::Newer { found: 9, .. })));
    assert_eq!(place.project.read(&RunId::new("r-2"), 0).unwrap().len(), 1);
}

#[test]
fn a_damaged_page_stops_the_runs_on_it_and_no_others() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    for n in 0..200 {
        append(&place.project, &row("r-1"), 1 + 2 * n, None).unwrap();
    }
    create(&place.project, "r-2", None).unwrap();
    let database = place.database();
    let Place { folder, home, project } = place;
    drop((project, home));
    let connection = Connection::open(&database).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let leaves =
        "SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1";
    let page: u64 = connection.query_row(leaves, [], |row| row.get(0)).unwrap();
    drop(connection);
    let mut file = std::fs::File::options().write(true).open(&database).unwrap();
    file.seek(SeekFrom::Start((page - 1) * 4096)).unwrap();
    file.write_all(&[0x5a; 4096]).unwrap();
    drop(file);

    let project = Home::open(folder.path()).unwrap().project("default").unwrap();
    let error = project.read(&RunId::new("r-1"), 0).unwrap_err();
    assert!(matches!(&error, Error::Damaged { path, .. } if path.ends_with("journal.db")), "{error}");
    assert_eq!(project.read(&RunId::new("r-2"), 0).unwrap().len(), 1);
    append(&project, &row("r-2"), 1, None).unwrap();
    assert!(!project.check().unwrap().problems.is_empty());
    assert!(project.verify(&RunId::new("r-1")).unwrap().is_some());
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_damaged() {
    let place = Place::new();
    let path = place.folder.path().join("projects/default/journal.db");
    let home = Home::open(place.folder.path()).unwrap();
    drop((place.project, place.home));
    let mut file = std::fs::File::options().write(true).truncate(true).open(path).unwrap();
    file.write_all(&[b'?'; 8192]).unwrap();
    assert!(matches!(home.project("default").err(), Some(Error::Damaged { .. })));
}

#[test]
fn a_healthy_file_has_no_problems() {
    let health = Place::new().project.check().unwrap();
    assert!(health.format > 1 && health.problems.is_empty(), "{health:?}");
    assert!(health.bytes > 0 && health.path.ends_with("journal.db"));
}
