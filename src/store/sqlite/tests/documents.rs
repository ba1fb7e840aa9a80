//! What is kept of documents: how often prompts were used, a store that was made before anything was counted, and times of
//! schedules, each of which is taken once, together with what comes of it.

use super::common::{Place, create};
use crate::engine::event::RunId;
use crate::store::error::{Error, Result};
use crate::store::journal::{Journal, RunFilter, Stays};
use crate::store::schedules::{FIRINGS_KEPT, FiringFilter, FiringRow, ScheduleKey, ScheduleRow, Schedules};
use crate::store::sqlite::{Home, Project};
use crate::store::usage::{CountRow, Outcome, OutcomeReport, Usage, Wording};
use rusqlite::Connection;
use std::fs::DirBuilder;
use std::sync::Barrier;

fn wording(version: Option<&str>, variant: Option<&str>) -> Wording {
    Wording {
        prompt: "greet".to_owned(),
        version: version.map(str::to_owned),
        variant: variant.map(str::to_owned),
    }
}

fn report(wording: &Wording, outcome: Outcome, note: Option<&str>) -> OutcomeReport {
    let note = note.map(str::to_owned);
    OutcomeReport { wording: wording.clone(), outcome, note, by: "ada".to_owned(), at: 30 }
}

#[test]
fn each_wording_is_counted_by_itself() {
    let place = Place::new();
    let (plain, short) = (wording(None, None), wording(Some("2"), Some("short")));
    for now in [10, 20] {
        place.project.count_use(&short, now).unwrap();
    }
    place.project.count_use(&plain, 15).unwrap();
    let noted = report(&short, Outcome::Bad, Some("too short"));
    place.project.count_outcome(&noted).unwrap();
    place.project.count_outcome(&report(&short, Outcome::Good, None)).unwrap();
    let expected = [
        CountRow { wording: plain, used: 1, good: 0, bad: 0, updated_at: 15 },
        CountRow { wording: short, used: 2, good: 1, bad: 1, updated_at: 30 },
    ];
    assert_eq!(place.again().1.counts("greet").unwrap(), expected);
    assert_eq!(place.project.notes("greet", 5).unwrap(), [noted]);
    assert_eq!(place.project.notes("greet", 0).unwrap(), []);
    assert_eq!(place.project.counts("another").unwrap(), []);
}

#[test]
fn an_older_store_learns_to_count() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("projects/default");
    DirBuilder::new().recursive(true).create(&old).unwrap();
    let connection = Connection::open(old.join("journal.db")).unwrap();
    connection.execute_batch(include_str!("../migrations/project_0001.sql")).unwrap();
    connection.execute_batch("PRAGMA user_version = 1").unwrap();
    let project = Home::open(folder.path()).unwrap().project("default").unwrap();
    project.count_use(&wording(None, None), 1).unwrap();
    assert_eq!(project.counts("greet").unwrap().len(), 1);
}

fn key() -> ScheduleKey {
    ScheduleKey { workflow: "nightly".to_owned(), source: "catalogue".to_owned() }
}

fn schedule(since: i64) -> ScheduleRow {
    ScheduleRow { key: key(), cron: "0 3 * * *".to_owned(), time_zone: "UTC".to_owned(), since }
}

fn firing(slot: i64, run: Option<&str>) -> FiringRow {
    FiringRow {
        id: 0,
        key: key(),
        slot,
        at: slot + 5,
        outcome: "started".to_owned(),
        run: run.map(RunId::new),
        reason: None,
        times: 1,
    }
}

/// As a server does it: whether the time was this one's.
fn fire(project: &Project, since: i64, slot: i64, run: &str) -> Result<bool> {
    let mut taken = false;
    project.together(&mut || {
        taken = project.take(&key(), since, slot)?;
        if taken {
            create(project, run, None)?;
            project.note(&firing(slot, Some(run)))?;
        }
        Ok(Stays::All)
    })?;
    Ok(taken)
}

fn firings(project: &Project) -> Vec<FiringRow> {
    project.firings(&FiringFilter::default()).unwrap()
}

#[test]
fn of_many_servers_one_takes_a_time() {
    const SERVERS: usize = 12;
    let place = Place::new();
    place.project.know(&schedule(0), None).unwrap();
    // Each with a store of its own, as processes have it.
    let stores: Vec<_> = (0..SERVERS).map(|_| place.again()).collect();
    for slot in 1..=5_i64 {
        let barrier = Barrier::new(SERVERS);
        let taken: usize = std::thread::scope(|scope| {
            let fire = |at: usize| {
                let (barrier, project) = (&barrier, &stores[at].1);
                scope.spawn(move || {
                    barrier.wait();
                    usize::from(fire(project, slot - 1, slot, &format!("r-{slot}-{at}")).unwrap())
                })
            };
            let threads: Vec<_> = (0..SERVERS).map(fire).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1, "slot {slot}");
    }
    assert_eq!(place.project.runs(&RunFilter::default()).unwrap().len(), 5);
    let slots: Vec<i64> = firings(&place.project).iter().map(|firing| firing.slot).collect();
    assert_eq!(slots, [5, 4, 3, 2, 1]);
    assert_eq!(place.project.schedules().unwrap(), [schedule(5)]);
}

#[test]
fn what_is_cut_short_took_nothing() {
    let place = Place::new();
    let project = &place.project;
    project.know(&schedule(0), None).unwrap();
    let cut = project.together(&mut || {
        assert!(project.take(&key(), 0, 9)?);
        create(project, "r-1", None)?;
        Err(Error::Io { path: "here".to_owned(), reason: "cut".to_owned() })
    });
    assert!(cut.is_err());
    assert_eq!((project.schedules().unwrap(), firings(project).len()), (vec![schedule(0)], 0));
    assert!(project.runs(&RunFilter::default()).unwrap().is_empty());
    assert!(fire(project, 0, 9, "r-1").unwrap());
}

#[test]
fn a_time_that_was_taken_is_not_taken_again_after_the_schedule_began_anew() {
    let place = Place::new();
    let project = &place.project;
    project.know(&schedule(0), None).unwrap();
    assert!(fire(project, 0, 10, "r-1").unwrap());
    assert!(!fire(project, 0, 20, "r-2").unwrap(), "kept until then no more");
    project.know(&schedule(5), Some(&schedule(10))).unwrap();
    assert!(!fire(project, 5, 10, "r-3").unwrap());
    assert_eq!(project.schedules().unwrap(), [schedule(10)], "and it is done with");
    // Who saw another row than there is changes nothing.
    project.know(&schedule(1), Some(&schedule(5))).unwrap();
    project.know(&schedule(1), None).unwrap();
    assert_eq!(project.schedules().unwrap(), [schedule(10)]);
    project.forget(&key()).unwrap();
    assert!(!fire(project, 10, 20, "r-4").unwrap(), "what is forgotten has no times");
    assert_eq!(firings(project).len(), 1);
}

#[test]
fn as_many_firings_are_kept_as_are_said() {
    let place = Place::new();
    let project = &place.project;
    let many = i64::from(FIRINGS_KEPT) + 7;
    project
        .together(&mut || {
            (1..=many).try_for_each(|slot| project.note(&firing(slot, None)))?;
            let other = ScheduleKey { workflow: "other".to_owned(), ..key() };
            project.note(&FiringRow { key: other, run: Some(RunId::new("r-1")), ..firing(1, None) })?;
            Ok(Stays::All)
        })
        .unwrap();
    let of = |workflow: &str| {
        let filter = FiringFilter { workflow: Some(workflow.to_owned()), ..FiringFilter::default() };
        let mut slots: Vec<i64> =
            project.firings(&filter).unwrap().into_iter().map(|firing| firing.slot).collect();
        slots.reverse();
        slots
    };
    assert_eq!((of("nightly").len(), of("nightly").first(), of("other")), (1_000, Some(&8), vec![1]));
    let newest = project.firings(&FiringFilter { limit: Some(2), ..FiringFilter::default() }).unwrap();
    let older = FiringFilter { before: Some(newest[1].id), limit: Some(1), ..FiringFilter::default() };
    assert_eq!(project.firings(&older).unwrap()[0].slot, many - 1);
    let started = FiringFilter { started: true, ..FiringFilter::default() };
    assert_eq!(project.firings(&started).unwrap().len(), 1);
}

#[test]
fn who_looks_after_it_is_known_until_they_leave() {
    let place = Place::new();
    let project = &place.project;
    let other = ScheduleKey { source: "/work/nightly.yaml".to_owned(), ..key() };
    for (key, owner) in [(key(), "a"), (key(), "a"), (key(), "b"), (other.clone(), "a")] {
        project.attend(&key, owner).unwrap();
    }
    assert_eq!(project.attendants().unwrap().len(), 3);
    project.leave("a").unwrap();
    assert_eq!(project.attendants().unwrap(), [(key(), "b".to_owned())]);
    project.know(&schedule(0), None).unwrap();
    project.forget(&key()).unwrap();
    assert!(project.attendants().unwrap().is_empty() && project.schedules().unwrap().is_empty());
}
