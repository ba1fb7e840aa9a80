//! A clock that somebody sets while runs are under way.

use super::desk::{Desk, LONG, prompt, shell};
use crate::drivers::driver::{Driver, Submitted};
use crate::engine::status::Status;
use crate::platform::clock::{Clock, System};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const HOUR_MS: i64 = 3_600_000;

/// The system's, moved by what somebody set.
#[derive(Default)]
struct Settable(AtomicI64);

impl Settable {
    fn shift(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now_ms(&self) -> i64 {
        System.now_ms() + self.0.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        System.monotonic()
    }
}

fn gate(id: &str, needs: &[&str]) -> serde_json::Value {
    shell(id, &format!("for i in $(seq 3000); do [ -e {id} ] && exit 0; sleep 0.01; done; exit 1"), needs)
}

#[expect(clippy::disallowed_methods, reason = "a test opens a gate for its script")]
fn open(home: &TempDir, gate: &str) {
    std::fs::write(home.path().join(gate), "").unwrap();
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    for jump_ms in [-HOUR_MS, HOUR_MS, -24 * 365 * HOUR_MS] {
        let home = TempDir::new().unwrap();
        let clock = Arc::new(Settable::default());
        let desk = Desk::with_clock(home.path(), clock.clone());
        let other = Desk::with_clock(home.path(), clock.clone());
        let run = desk.start(json!({
            "name": "w",
            "steps": [gate("a", &[]), prompt("ask", &["a"]), shell("b", "echo {{ steps.ask.result }}", &["ask"])],
            "outputs": { "b": "{{ steps.b.result }}" },
        }));
        clock.shift(jump_ms);
        other.driver.wait_change(&run, 1, LONG).unwrap();
        open(&home, "a");
        let report = desk.wait(&run);
        assert_eq!(report.status, Status::PendingAction, "jump of {jump_ms} ms");
        clock.shift(-jump_ms / 2);
        assert_eq!(other.submit(&run, &report, &json!("hi")), Submitted::Accepted);
        assert_eq!(other.wait(&run).result, Some(json!({ "b": "hi" })));
        let names = other.names(&run);
        assert!(!names.contains(&"interrupted".to_owned()), "nobody took it from a living owner: {names:?}");
    }
}

/// The run of a dead owner is free though its lease has an hour and more to go by the new time.
#[test]
fn a_lease_from_the_future_holds_nobody_up() {
    let home = TempDir::new().unwrap();
    let clock = Arc::new(Settable::default());
    let (desk, other) =
        (Desk::with_clock(home.path(), clock.clone()), Desk::with_clock(home.path(), clock.clone()));
    let mut step = gate("a", &[]);
    step["on_interrupt"] = json!("rerun");
    let run = desk.start(json!({ "name": "w", "steps": [step] }));
    clock.shift(-HOUR_MS);
    desk.driver.shut_down();
    drop(desk);
    open(&home, "a");
    assert_eq!(other.driver.carry_ready().unwrap(), 1);
    assert_eq!(other.wait(&run).status, Status::Completed);
}

#[test]
fn a_wait_for_a_time_keeps_to_the_time_that_was_set() {
    let home = TempDir::new().unwrap();
    let clock = Arc::new(Settable::default());
    let desk = Desk::with_clock(home.path(), clock.clone());
    let hour = json!({ "id": "nap", "action": { "wait": { "what": { "duration": "1h" }, "timeout_ms": null, "on_timeout": "fail" } } });
    let run = desk.start(json!({ "name": "w", "steps": [hour] }));
    clock.shift(-HOUR_MS);
    let waiting = desk.driver.wait(&run, Some(Duration::from_millis(50))).unwrap().report;
    assert_eq!(waiting.status, Status::Waiting);
    clock.shift(3 * HOUR_MS);
    assert_eq!(desk.wait(&run).status, Status::Completed);
}
