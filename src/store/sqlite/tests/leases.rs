//! Who carries a run: the living keep it, the dead lose it at once, the suspended lose it with their lease.

use super::common::{Place, append, create, row};
use crate::engine::event::RunId;
use crate::store::Error;
use crate::store::journal::{Entry, Journal, RunRow};
use std::time::Duration;

const LEASE: Duration = Duration::from_millis(100);

#[test]
fn a_living_owner_keeps_its_run_until_it_lets_go() {
    let place = Place::new();
    let (mine, theirs) = (place.home.owner().unwrap(), place.again().0.owner().unwrap());
    let run = RunId::new("r-1");
    create(&place.project, "r-1", None).unwrap();
    let claim = |owner: &str, now| place.project.claim(&run, owner, now, LEASE).unwrap();
    assert!(claim(mine.id(), 0));
    assert!(claim(mine.id(), 10), "one's own claim holds");
    assert!(!claim(theirs.id(), 50));
    assert!(place.project.ready(50).unwrap().is_empty());
    place.project.release(&run, theirs.id()).unwrap();
    assert!(!claim(theirs.id(), 50), "only who holds a run releases it");
    place.project.release(&run, mine.id()).unwrap();
    assert_eq!(place.project.ready(50).unwrap().len(), 1);
    assert!(claim(theirs.id(), 50));
    assert!(matches!(append(&place.project, &row("r-1"), 1, Some(mine.id())), Err(Error::NotOwner { .. })));
}

#[test]
fn a_dead_owner_is_recognised_at_once() {
    let place = Place::new();
    let (mine, theirs) = (place.home.owner().unwrap(), place.home.owner().unwrap());
    let run = RunId::new("r-1");
    create(&place.project, "r-1", Some(theirs.id())).unwrap();
    assert!(!place.project.claim(&run, mine.id(), 1_001, LEASE).unwrap());
    drop(theirs);
    assert_eq!(place.project.ready(1_001).unwrap().len(), 1);
    assert!(place.project.claim(&run, mine.id(), 1_001, LEASE).unwrap());
}

#[test]
fn a_lapsed_lease_may_be_taken_over_and_fences_its_former_holder() {
    let place = Place::new();
    let (sleeper, next) = (place.home.owner().unwrap(), place.home.owner().unwrap());
    let run = RunId::new("r-1");
    create(&place.project, "r-1", None).unwrap();
    assert!(place.project.claim(&run, sleeper.id(), 0, LEASE).unwrap());
    assert_eq!(place.project.renew(sleeper.id(), 90, LEASE).unwrap(), std::slice::from_ref(&run));
    assert!(!place.project.claim(&run, next.id(), 189, LEASE).unwrap());
    assert!(place.project.claim(&run, next.id(), 190, LEASE).unwrap());
    assert!(place.project.renew(sleeper.id(), 200, LEASE).unwrap().is_empty());
    assert!(matches!(
        append(&place.project, &row("r-1"), 1, Some(sleeper.id())),
        Err(Error::NotOwner { .. })
    ));
    append(&place.project, &row("r-1"), 1, Some(next.id())).unwrap();
}

#[test]
fn a_run_that_ends_is_nobodys() {
    let place = Place::new();
    let owner = place.home.owner().unwrap();
    create(&place.project, "r-1", Some(owner.id())).unwrap();
    let row = RunRow { ended_at: Some(5), ready: false, ..row("r-1") };
    let events = [super::common::attempted("last")];
    let entry = Entry {
        run: &row.run,
        after: 1,
        owner: Some(owner.id()),
        at: 5,
        events: &events,
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    };
    place.project.append(&entry).unwrap();
    assert!(place.project.renew(owner.id(), 2_000, LEASE).unwrap().is_empty());
    place.project.release(&row.run, owner.id()).unwrap();
}

#[test]
fn the_files_of_dead_owners_are_removed_and_those_of_the_living_kept() {
    let place = Place::new();
    let folder = place.folder.path().join("owners");
    let living = place.home.owner().unwrap();
    std::fs::File::options().create(true).append(true).open(folder.join("1-gone.lock")).unwrap();
    let next = place.home.owner().unwrap();
    let mut left: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    let mut expected = [living.id(), next.id()].map(|id| std::ffi::OsString::from(format!("{id}.lock")));
    left.sort();
    expected.sort();
    assert_eq!(left, expected);
}
