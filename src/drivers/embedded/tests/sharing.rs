//! Several drivers on one store, as several processes have them.

use super::desk::{Desk, LONG, actor, prompt, shell};
use crate::drivers::driver::{ActionRef, Driver, Error, Signal, Submitted};
use crate::engine::event::{ActionId, Actor};
use crate::engine::status::Status;
use crate::store::sqlite::Home;
use serde_json::json;
use tempfile::TempDir;

#[test]
fn what_one_waits_for_another_hands_in() {
    let home = TempDir::new().unwrap();
    let (one, other) = (Desk::at(home.path()), Desk::at(home.path()));
    let busy = shell("busy", "for i in $(seq 3000); do [ -e go ] && exit 0; sleep 0.01; done; exit 1", &[]);
    let go = shell("go", "touch go", &["ask"]);
    let run = one.start(json!({ "name": "w", "steps": [busy, prompt("ask", &[]), go] }));
    let report = loop {
        let report = other.driver.describe(&run).unwrap();
        if !report.actions.is_empty() {
            break report;
        }
        other.driver.wait_change(&run, 1, LONG).unwrap();
    };
    assert_eq!(other.submit(&run, &report, &json!(1)), Submitted::Accepted);
    assert_eq!(one.wait(&run).status, Status::Completed);
    assert_eq!(other.driver.describe(&run).unwrap().status, Status::Completed);
}

#[test]
fn another_process_cancels_what_this_one_is_busy_with() {
    let home = TempDir::new().unwrap();
    let (one, other) = (Desk::at(home.path()), Desk::at(home.path()));
    let run = one.start(json!({ "name": "w", "steps": [shell("a", "sleep 600", &[])] }));
    while !other.names(&run).contains(&"attempted".to_owned()) {
        other.driver.wait_change(&run, 1, LONG).unwrap();
    }
    other.driver.signal(&run, Signal::Cancel { reason: Some("enough".into()) }, &actor("me")).unwrap();
    assert_eq!(one.wait(&run).status, Status::Cancelled);
}

#[test]
fn a_run_that_is_let_go_is_taken_up_by_the_next() {
    let home = TempDir::new().unwrap();
    let (one, other) = (Desk::at(home.path()), Desk::at(home.path()));
    let mut step = shell("a", "[ -e second ] && exit 0; touch second; sleep 600", &[]);
    step["on_interrupt"] = json!("rerun");
    let run = one.start(json!({ "name": "w", "steps": [step] }));
    while !home.path().join("second").exists() {
        other.driver.wait_change(&run, 2, std::time::Duration::from_millis(20)).unwrap();
    }
    assert_eq!(other.driver.carry_ready().unwrap(), 0, "a living owner keeps its run");
    one.driver.shut_down();
    drop(one);
    assert_eq!(other.driver.carry_ready().unwrap(), 1);
    assert_eq!(other.wait(&run).status, Status::Completed);
    assert!(other.names(&run).contains(&"interrupted".to_owned()));
}

#[test]
fn many_runs_at_once_share_the_store() {
    let home = TempDir::new().unwrap();
    let desks = [Desk::at(home.path()), Desk::at(home.path())];
    let runs: Vec<_> = (0..24)
        .map(|n| {
            let desk = &desks[n % 2];
            (
                n % 2,
                desk.start(
                    json!({ "name": "w", "steps": [shell("a", "true", &[]), shell("b", "true", &["a"])] }),
                ),
            )
        })
        .collect();
    for (desk, run) in runs {
        assert_eq!(desks[1 - desk].wait(&run).status, Status::Completed);
        assert_eq!(desks[desk].names(&run).len(), 6);
    }
}

#[test]
fn what_a_session_holds_is_free_once_its_process_is_gone() {
    let home = TempDir::new().unwrap();
    let desk = Desk::at(home.path());
    let run = desk.start(json!({ "name": "w", "steps": [prompt("ask", &[])] }));
    let report = desk.wait(&run);
    let (id, _) = report.actions[0].action_id.split_once('-').unwrap();
    let action = ActionRef { run: run.clone(), action: ActionId::new(id), generation: None };
    let guard = Home::open(home.path()).unwrap().owner().unwrap();
    let holder = Actor { session: Some(guard.id().to_owned()), ..actor("agent") };
    let held = desk.driver.lease(&action, &holder, None).unwrap();
    let newcomer = Actor { session: Some("another".to_owned()), ..actor("agent") };
    assert!(matches!(desk.driver.lease(&action, &newcomer, None), Err(Error::Held { .. })));
    drop(guard);
    desk.driver.free_abandoned().unwrap();
    assert_eq!(desk.driver.describe(&run).unwrap().actions[0].lease, None);
    let taken = desk.driver.lease(&action, &newcomer, None).unwrap();
    assert_eq!((held.action_id, taken.action_id), (format!("{id}-1"), format!("{id}-2")));
}
