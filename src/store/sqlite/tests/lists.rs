//! What lists say: runs by filter and page, by prefix, what is ready and when, actions by run and role.

use super::common::{Place, action, create_as, plan, row};
use crate::engine::event::{Actor, Face, RunId};
use crate::store::Error;
use crate::store::journal::{ActionFilter, ActionRow, Entry, Journal, RunFilter, RunRow, TurnRow};
use crate::store::maintenance::Maintenance;

fn fill(place: &Place, rows: &[RunRow]) {
    for row in rows {
        create_as(&place.project, row, None, None).unwrap();
    }
}

fn names(rows: &[RunRow]) -> Vec<&str> {
    rows.iter().map(|row| row.run.as_str()).collect()
}

#[test]
fn runs_are_found_newest_first_by_every_filter_and_page() {
    let place = Place::new();
    let of = |run: &str, status: &str, workflow: &str, parent: Option<&str>| RunRow {
        status: status.to_owned(),
        workflow: workflow.to_owned(),
        parent: parent.map(RunId::new),
        ..row(run)
    };
    fill(
        &place,
        &[
            of("r-a1", "completed", "build", None),
            of("r-a2", "running", "build", None),
            of("r-b1", "failed", "deploy", Some("r-a2")),
            of("r-b2", "running", "deploy", Some("r-a2")),
        ],
    );
    let all = RunFilter::default();
    let status = |status: &[&str]| status.iter().map(|&status| status.to_owned()).collect();
    let cases = [
        (all.clone(), vec!["r-b2", "r-b1", "r-a2", "r-a1"]),
        (RunFilter { limit: Some(2), ..all.clone() }, vec!["r-b2", "r-b1"]),
        (RunFilter { before: Some(RunId::new("r-b1")), limit: Some(1), ..all.clone() }, vec!["r-a2"]),
        (RunFilter { status: status(&["running"]), ..all.clone() }, vec!["r-b2", "r-a2"]),
        (RunFilter { status: status(&["failed", "completed"]), ..all.clone() }, vec!["r-b1", "r-a1"]),
        (RunFilter { workflow: Some("build".to_owned()), ..all.clone() }, vec!["r-a2", "r-a1"]),
        (RunFilter { parent: Some(RunId::new("r-a2")), ..all.clone() }, vec!["r-b2", "r-b1"]),
        (
            RunFilter { parent: Some(RunId::new("r-a2")), status: status(&["running"]), ..all.clone() },
            vec!["r-b2"],
        ),
        (RunFilter { workflow: Some("none".to_owned()), ..all }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(&place.project.runs(&filter).unwrap()), expected, "{filter:?}");
    }
    let prefix = |prefix: &str| place.project.runs_by_prefix(prefix, 10).unwrap();
    assert_eq!(prefix("r-a"), [RunId::new("r-a2"), RunId::new("r-a1")]);
    assert_eq!((prefix("r-").len(), prefix("x").len(), prefix("%").len()), (4, 0, 0));
    let counts = [("completed".to_owned(), 1), ("failed".to_owned(), 1), ("running".to_owned(), 2)];
    assert_eq!(place.project.count_runs().unwrap(), counts);
}

#[test]
fn ready_is_what_can_go_on_now() {
    let place = Place::new();
    let parked = |run: &str, due: Option<i64>| RunRow { ready: false, due, ..row(run) };
    fill(
        &place,
        &[
            row("ready"),
            parked("waits-for-somebody", None),
            parked("due", Some(500)),
            parked("due-later", Some(900)),
            RunRow { status: "paused".to_owned(), due: Some(1), ..row("paused") },
            RunRow { ended_at: Some(9), due: Some(2), ready: false, ..row("ended") },
            RunRow { ended_at: Some(9), ..row("its-parent-waits") },
        ],
    );
    assert_eq!(names(&place.project.ready(499).unwrap()), ["ready", "its-parent-waits"]);
    assert_eq!(names(&place.project.ready(500).unwrap()), ["ready", "due", "its-parent-waits"]);
    assert_eq!(place.project.next_due().unwrap(), Some(500));
}

#[test]
fn actions_are_listed_oldest_first_as_they_were_written() {
    let place = Place::new();
    let holder = Some(Actor::new("ada", Face::Mcp));
    let first = ActionRow {
        created_at: 1,
        role: Some("reviewer".to_owned()),
        holder,
        lease_until: Some(7),
        ..action("a-2", "r-1")
    };
    let second = ActionRow { created_at: 2, ..action("a-1", "r-1") };
    let other = ActionRow { created_at: 3, ..action("a-3", "r-2") };
    create_as(&place.project, &row("r-2"), None, Some(std::slice::from_ref(&other))).unwrap();
    create_as(&place.project, &row("r-1"), None, Some(&[second.clone(), first.clone()])).unwrap();
    let list = |filter: ActionFilter| place.project.actions(&filter).unwrap();
    assert_eq!(list(ActionFilter::default()), [first.clone(), second.clone(), other]);
    assert_eq!(list(ActionFilter { run: Some(RunId::new("r-1")), ..ActionFilter::default() }).len(), 2);
    assert_eq!(
        list(ActionFilter { limit: Some(1), ..ActionFilter::default() }),
        std::slice::from_ref(&first)
    );
    assert_eq!(list(ActionFilter { role: Some("reviewer".to_owned()), ..ActionFilter::default() }), [first]);
}

#[test]
fn a_family_is_a_run_and_all_below_it_each_after_its_parent() {
    let place = Place::new();
    let of = |run: &str, parent: &str| RunRow { parent: Some(RunId::new(parent)), ..row(run) };
    fill(&place, &[row("r-0"), row("r-1"), of("r-3", "r-1"), row("r-9")]);
    fill(&place, &[of("r-2", "r-3"), of("r-4", "r-9"), of("r-5", "r-1")]);
    let family = |run: &str| place.project.family(&RunId::new(run));
    assert_eq!(names(&family("r-1").unwrap()), ["r-1", "r-3", "r-2", "r-5"]);
    assert_eq!(names(&family("r-3").unwrap()), ["r-3", "r-2"]);
    assert_eq!(names(&family("r-0").unwrap()), ["r-0"]);
    assert!(matches!(family("r-none"), Err(Error::NotFound { .. })));
    // What is brought comes in the order of its bundle, and more of it when it comes back.
    for row in [row("r-b"), of("r-a", "r-b"), of("r-c", "r-b"), of("r-7", "r-a")] {
        place.project.bring(&row, &plan()).unwrap();
    }
    assert_eq!(names(&family("r-b").unwrap()), ["r-b", "r-a", "r-c", "r-7"]);
}

#[test]
fn who_is_paused_waits_for_no_turn() {
    let place = Place::new();
    let turn = |held| TurnRow { key: "k".to_owned(), limit: 1, held };
    let say = |run: &str, status: &str, held: bool| {
        let row = RunRow { status: status.to_owned(), ..row(run) };
        let entry = Entry {
            run: &row.run,
            after: 1,
            owner: None,
            at: 5,
            events: &[],
            row: &row,
            actions: None,
            application: None,
            turn: Some(&turn(held)),
            cached: &[],
        };
        place.project.rewrite(&entry).unwrap();
        place.project.anybody_waits_for_a_turn().unwrap()
    };
    fill(&place, &[row("r-1"), row("r-2")]);
    assert!(!say("r-1", "waiting", true));
    assert!(say("r-2", "waiting", false));
    assert!(!say("r-2", "paused", false));
    assert!(say("r-2", "waiting", false));
}
