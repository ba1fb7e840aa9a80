//! The floors: what the same work costs without wfmcp.

use super::place::{Place, run};
use super::rounds::{Contender, timed};
use rusqlite::{Connection, params};
use std::path::Path;
use std::process::Command;

/// A bash loop of `count` programs that do nothing.
pub fn bash_loop(body: &str, count: u32) -> Contender {
    let script = format!("for ((i = 0; i < {count}; i++)); do {body}; done");
    Box::new(move || timed(count, || run(Command::new("bash").args(["-c", &script]))))
}

/// A program that only starts and prints a line.
pub fn hello_world(place: &Place) -> Contender {
    let source = place.file("hello.rs", "fn main() { println!(\"hello, world\"); }\n");
    let program = place.path("hello");
    run(Command::new("rustc").args(["-O", "--edition", "2024", "-o"]).arg(&program).arg(&source));
    starts(move || Command::new(&program))
}

/// Starts of a program, one after the other.
pub fn starts(program: impl Fn() -> Command + 'static) -> Contender {
    const STARTS: u32 = 20;
    Box::new(move || {
        timed(STARTS, || {
            for _ in 0..STARTS {
                run(&mut program());
            }
        })
    })
}

/// SQLite by itself: one durable commit of a step's bytes, its events and the row of its run.
pub fn sqlite_commit(path: &Path, events: Vec<String>, count: u32) -> Contender {
    let mut database = Connection::open(path).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE event (id INTEGER PRIMARY KEY, run TEXT, seq INTEGER, at INTEGER, body TEXT) STRICT;
             CREATE INDEX event_run ON event (run, seq);
             CREATE TABLE run (run TEXT PRIMARY KEY, status TEXT, step TEXT, done INTEGER, at INTEGER) STRICT;",
        )
        .expect("a schema");
    let mut seq = 0;
    Box::new(move || {
        timed(count, || {
            for _ in 0..count {
                commit(&mut database, &events, &mut seq).expect("a commit");
            }
        })
    })
}

fn commit(database: &mut Connection, events: &[String], seq: &mut i64) -> rusqlite::Result<()> {
    let transaction = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut event = transaction
            .prepare_cached("INSERT INTO event (run, seq, at, body) VALUES ('r-7q2mzk', ?1, ?2, ?3)")?;
        for body in events {
            *seq += 1;
            event.execute(params![*seq, 1_763_633_000_000_i64 + *seq, body])?;
        }
        let mut run = transaction.prepare_cached(
            "INSERT INTO run VALUES ('r-7q2mzk', 'running', ?1, ?2, ?3)
             ON CONFLICT (run) DO UPDATE SET step = excluded.step, done = excluded.done, at = excluded.at",
        )?;
        run.execute(params![format!("step-{seq}"), *seq, *seq])?;
    }
    transaction.commit()
}
