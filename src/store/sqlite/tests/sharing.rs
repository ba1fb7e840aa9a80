//! Many threads and many processes on one store: nothing lost, nothing done twice, everybody sees what happens.

use super::common::{Place, append, attempted, create, plan, row};
use crate::engine::event::RunId;
use crate::platform::environment::{Environment, System};
use crate::store::Error;
use crate::store::journal::{Entry, Journal};
use crate::store::maintenance::Maintenance;
use crate::store::registry::Registry as _;
use crate::store::sqlite::Home;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn sixty_four_threads_share_commits_and_lose_nothing() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for thread in 0..64 {
            let project = &place.project;
            scope.spawn(move || {
                let run = format!("r-{thread}");
                create(project, &run, None).unwrap();
                for n in 0..10 {
                    append(project, &row(&run), 1 + 2 * n, None).unwrap();
                    let stale = append(project, &row(&run), 0, None);
                    assert!(matches!(stale, Err(Error::Conflict { .. })));
                }
            });
        }
    });
    for thread in 0..64 {
        let run = RunId::new(format!("r-{thread}"));
        assert_eq!(place.project.read(&run, 0).unwrap().len(), 21);
        assert_eq!(place.project.verify(&run).unwrap(), None);
    }
}

#[test]
fn one_ear_hears_of_every_project() {
    let place = Place::new();
    let home = Home::open(place.folder.path()).unwrap();
    let (mut all, mut one) = (home.bells(None), home.bells(Some("default")));
    assert!(all.wait(Duration::ZERO).is_empty());
    create(&place.project, "r-1", None).unwrap();
    assert!(all.wait(LONG).projects.contains("default"));
    assert!(one.wait(LONG).projects.contains("default"));
    let row = place.home.registry().unwrap().active().unwrap();
    let attic =
        crate::store::registry::ProjectRow { id: "p-attic".to_owned(), name: "attic".to_owned(), ..row };
    place.home.registry().unwrap().create(&attic).unwrap();
    let mut heard = all.wait(LONG);
    assert!(heard.registry, "{heard:?}");
    let project = place.home.project("p-attic").unwrap();
    project.keep_plan(&plan(), "{}").unwrap();
    create(&project, "r-2", None).unwrap();
    while !heard.projects.contains("p-attic") {
        let more = all.wait(LONG);
        assert!(!more.is_empty(), "it was not heard of");
        heard.add(more);
    }
    place.home.remove("p-attic").unwrap();
    assert!(one.wait(Duration::ZERO).projects.is_empty(), "others are no matter of this one");
}

#[test]
fn one_run_takes_each_place_once_whoever_is_first() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    let others: Vec<_> = (0..4).map(|_| place.again()).collect();
    let won: usize = std::thread::scope(|scope| {
        let compete = |project| scope.spawn(move || won_of(project, 25));
        let threads: Vec<_> = others.iter().map(|(_, project)| compete(project)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(won, 25);
    assert_eq!(place.project.read(&RunId::new("r-1"), 0).unwrap().len(), 51);
}

/// How many of `places` in the journal this competitor was the first to fill.
fn won_of(project: &crate::store::sqlite::Project, places: u64) -> usize {
    let fill = |n| match append(project, &row("r-1"), 1 + 2 * n, None) {
        Ok(()) => true,
        Err(Error::Conflict { .. }) => false,
        Err(error) => panic!("{error}"),
    };
    (0..places).filter(|n| fill(*n)).count()
}

#[test]
fn many_processes_begin_one_home_together() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..12).map(|n| start("begin", folder.path(), &n.to_string(), "")).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let home = Home::open(folder.path()).unwrap();
    assert_eq!(home.registry().unwrap().list().unwrap().len(), 1);
    let project = home.project("default").unwrap();
    for n in 0..12 {
        let run = RunId::new(format!("r-{n}"));
        assert_eq!(project.read(&run, 0).unwrap().len(), 41);
        assert_eq!(project.verify(&run).unwrap(), None);
    }
}

#[test]
fn a_process_killed_at_a_commit_loses_nothing_it_was_told_is_durable() {
    for (fault, commits) in [("kill-before-commit:4", 3), ("kill-after-commit:4", 4)] {
        let place = Place::new();
        let output = start("begin", place.folder.path(), "0", fault).wait_with_output().unwrap();
        assert!(!output.status.success());
        let run = RunId::new("r-0");
        // The run's creation is one commit and one event, each append one commit and two.
        assert_eq!(place.project.read(&run, 0).unwrap().len(), 1 + 2 * (commits - 1), "{fault}");
        let owner = place.home.owner().unwrap();
        assert_eq!(place.project.ready(1_000).unwrap().len(), 1, "its owner is known to be dead");
        assert!(place.project.claim(&run, owner.id(), 1_000, LONG).unwrap());
    }
}

#[test]
fn a_change_by_anybody_is_seen() {
    let place = Place::new();
    create(&place.project, "r-1", None).unwrap();
    let seen = place.project.version().unwrap();
    assert_eq!(place.project.version().unwrap(), seen);
    assert!(!place.project.wait_change(seen, Duration::ZERO).unwrap());

    for project in [place.project.clone(), place.again().1] {
        let seen = place.project.version().unwrap();
        std::thread::scope(|scope| {
            let watchers: Vec<_> =
                (0..3).map(|_| scope.spawn(|| place.project.wait_change(seen, LONG).unwrap())).collect();
            let after = project.read(&RunId::new("r-1"), 0).unwrap().len() as u64;
            append(&project, &row("r-1"), after, None).unwrap();
            assert!(watchers.into_iter().all(|watcher| watcher.join().unwrap()));
        });
    }
}

#[test]
fn a_change_by_another_process_is_seen() {
    let place = Place::new();
    let seen = place.project.version().unwrap();
    let child = start("begin", place.folder.path(), "0", "");
    assert!(place.project.wait_change(seen, LONG).unwrap());
    assert!(child.wait_with_output().unwrap().status.success());
}

/// Runs `child` in a process of its own.
#[expect(clippy::disallowed_methods, reason = "the test needs real processes")]
fn start(role: &str, home: &Path, name: &str, fault: &str) -> Child {
    Command::new(System.current_exe().unwrap())
        .args(["store::sqlite::tests::sharing::child", "--exact"])
        .envs([("STORE_CHILD", role), ("STORE_NAME", name), ("WFMCP_FAULT", fault)])
        .env("STORE_HOME", home)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The other end of the tests above, in a process of its own; by itself it does nothing.
#[test]
fn child() {
    let Some(folder) = System.var("STORE_HOME") else { return };
    let run = format!("r-{}", System.var("STORE_NAME").unwrap());
    let home = Home::open(folder.as_ref()).unwrap();
    let project = home.project("default").unwrap();
    project.keep_plan(&plan(), "{}").unwrap();
    let owner = home.owner().unwrap();
    let row = row(&run);
    let events = [attempted("first")];
    let entry = Entry {
        run: &row.run,
        after: 0,
        owner: Some(owner.id()),
        at: 1_000,
        events: &events,
        row: &row,
        actions: None,
        application: None,
        turn: None,
        cached: &[],
    };
    project.create(&entry, &plan()).unwrap();
    for n in 0..20 {
        append(&project, &row, 1 + 2 * n, Some(owner.id())).unwrap();
    }
}
