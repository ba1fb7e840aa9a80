//! Workflows that start by themselves: each time once, however many servers there are, and whatever happens to them.
//!
//! A day that passes is planted: what the store says of a schedule is that its times up to some day ago are done with.

use crate::harness::{Sandbox, Server, wait_until};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

const NIGHTLY: &str = "name: nightly\nschedule: { cron: '0 0 * * *', time_zone: UTC, catch_up: true }\nsteps: [{ shell: echo done, on_interrupt: rerun }]\n";

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn ask(sandbox: &Sandbox, line: &str) -> Vec<Value> {
    let answer = sandbox.wfmcp([words(line), words("--json")].concat()).ok().json();
    answer["items"].as_array().unwrap().clone()
}

/// What is told of the only schedule.
fn schedule(sandbox: &Sandbox) -> Value {
    let mut all = ask(sandbox, "workflows schedules");
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn last(sandbox: &Sandbox) -> String {
    schedule(sandbox)["last"]["outcome"].as_str().unwrap_or_default().to_owned()
}

fn create(sandbox: &Sandbox, text: &str) {
    sandbox.file("made.yaml", text);
    sandbox.wfmcp(["workflows", "create", "made.yaml"]).ok();
    std::fs::remove_file(sandbox.path("made.yaml")).unwrap();
}

fn store(sandbox: &Sandbox) -> Connection {
    let project = sandbox.wfmcp(words("projects show default --json")).ok().json();
    let store = Connection::open(project["store"].as_str().unwrap()).unwrap();
    store.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    store
}

/// A server sees the schedule and leaves; then days pass, and what is kept of their times is gone.
fn days_pass(sandbox: &Sandbox, days: i64) {
    let server = Server::start(sandbox, &[]);
    wait_until(|| schedule(sandbox)["servers"] == 1);
    server.close().ok();
    assert_eq!(schedule(sandbox)["servers"], 0, "who is gone looks after nothing");
    let store = store(sandbox);
    let set = "UPDATE schedules SET since = (unixepoch() / 86400 - ?1) * 86400000";
    assert_eq!(store.execute(set, [days]).unwrap(), 1);
    store.execute("DELETE FROM schedule_firings", []).unwrap();
}

#[test]
fn of_three_servers_one_starts_what_was_missed_in_days() {
    let sandbox = Sandbox::new();
    create(&sandbox, NIGHTLY);
    assert_eq!(schedule(&sandbox)["servers"], 0);
    days_pass(&sandbox, 3);
    let servers: Vec<Server> = (0..3).map(|_| Server::start(&sandbox, &[])).collect();
    // Each has done what is due before it can be seen.
    wait_until(|| schedule(&sandbox)["servers"] == 3);
    let told = schedule(&sandbox);
    assert_eq!((&told["last"]["outcome"], &told["last"]["times"]), (&"started".into(), &3.into()), "{told}");
    assert!(told["next_at"].as_str() > told["last"]["slot"].as_str(), "{told}");
    wait_until(|| schedule(&sandbox)["last"]["status"] == "completed");
    let runs = ask(&sandbox, "runs list");
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(runs[0]["started_by"], "schedule");
    assert_eq!(runs[0]["labels"]["schedule"], "0 0 * * *");
    assert_eq!(runs[0]["labels"]["slot"], told["last"]["slot"]);
    assert_eq!(ask(&sandbox, "workflows firings nightly").len(), 1);
    let record = ask(&sandbox, "audit");
    let by_schedule = record.iter().filter(|entry| entry["name"] == "schedule" || entry["by"] == "schedule");
    assert_eq!(by_schedule.count(), 1, "{record:?}");
    for server in servers {
        server.close().ok();
    }
}

#[test]
fn what_is_not_to_be_caught_up_is_skipped_and_told() {
    let sandbox = Sandbox::new();
    create(&sandbox, &NIGHTLY.replace("catch_up: true", "catch_up: false"));
    days_pass(&sandbox, 2);
    let _servers = [Server::start(&sandbox, &[]), Server::start(&sandbox, &[])];
    wait_until(|| schedule(&sandbox)["servers"] == 2);
    let firings = ask(&sandbox, "workflows firings");
    assert_eq!(firings.len(), 1, "{firings:?}");
    assert_eq!((&firings[0]["outcome"], &firings[0]["times"]), (&"skipped".into(), &2.into()));
    assert_eq!(firings[0]["reason"], "no server was there at that time");
    assert!(ask(&sandbox, "runs list").is_empty());
    let shown = sandbox.wfmcp(["workflows", "schedules"]).ok().stdout;
    assert!(shown.contains("skipped") && !shown.contains("nothing starts"), "{shown}");
}

/// A server is killed around each of its commits; the next one goes on.
#[test]
fn a_killed_server_neither_loses_a_time_nor_fires_it_twice() {
    let sandbox = Sandbox::new();
    create(&sandbox, NIGHTLY);
    let mut killed = 0;
    for (fault, number) in (1..=5).flat_map(|number| [("before", number), ("after", number)]) {
        let before = ask(&sandbox, "runs list").len();
        days_pass(&sandbox, 1);
        let fault = format!("kill-{fault}-commit:{number}");
        let mut server = Server::spawn(&sandbox.command(["serve", "--stdio"]).env("WFMCP_FAULT", &fault));
        wait_until(|| server.has_ended() || schedule(&sandbox)["last"]["status"] == "completed");
        killed += usize::from(server.has_ended());
        server.kill();
        let _next = Server::start(&sandbox, &[]);
        wait_until(|| {
            schedule(&sandbox)["servers"] == 1 && schedule(&sandbox)["last"]["status"] == "completed"
        });
        assert_eq!(ask(&sandbox, "runs list").len(), before + 1, "{fault}");
    }
    assert!(killed > 6, "{killed} servers were killed");
}

#[test]
fn each_time_is_kept_when_it_comes_and_one_run_goes_on_at_once() {
    let sandbox = Sandbox::new();
    sandbox.file(
        ".wfmcp/workflows/tick.yaml",
        "schedule: { cron: '* * * * * *', overlap: true }\nsteps: [{ shell: echo tick }]\n",
    );
    sandbox.file(
        "workflows/asks.yaml",
        "schedule: '* * * * * *'\nsteps: [{ id: ask, wait: { for: approval, ask: ok?, timeout: 1d } }]\n",
    );
    let _servers = [Server::start(&sandbox, &[]), Server::start(&sandbox, &[])];
    let ticks = || ask(&sandbox, "workflows firings tick");
    let started = |firings: &[Value]| firings.iter().filter(|firing| firing["outcome"] == "started").count();
    wait_until(|| started(&ticks()) >= 3);
    wait_until(|| ask(&sandbox, "workflows firings asks").len() >= 3);
    let firings = ticks();
    let slots: BTreeSet<&str> = firings.iter().map(|firing| firing["slot"].as_str().unwrap()).collect();
    assert_eq!(slots.len(), firings.len(), "{firings:?}");
    let runs: BTreeSet<&str> = firings.iter().filter_map(|firing| firing["run_id"].as_str()).collect();
    assert_eq!(runs.len(), started(&firings));
    let asks = ask(&sandbox, "workflows firings asks");
    let first = asks.iter().rev().find(|firing| firing["outcome"] == "started").unwrap();
    assert_eq!(first["status"], "pending_action");
    let why = format!("{}, which it started before, goes on", first["run_id"].as_str().unwrap());
    assert!(asks.iter().any(|firing| firing["reason"] == why.as_str()), "{asks:?}");
    assert_eq!(ask(&sandbox, "runs list --workflow asks").len(), 1);
    assert!(first["origin"].as_str().unwrap().ends_with("work/workflows/asks.yaml"));
}

/// What limits runs of a key holds for those that a schedule starts, too.
#[test]
fn concurrency_counts_runs_that_start_by_themselves() {
    let sandbox = Sandbox::new();
    let asks = "steps: [{ id: ask, wait: { for: approval, ask: ok?, timeout: 1d } }]\n";
    let text = |busy: &str| {
        format!(
            "schedule: {{ cron: '* * * * * *', overlap: true }}\nconcurrency: {{ key: {busy}, on_busy: {busy} }}\n{asks}"
        )
    };
    sandbox.file("workflows/refuse.yaml", &text("refuse"));
    sandbox.file("workflows/replace.yaml", &text("cancel_running"));
    let _servers = [Server::start(&sandbox, &[]), Server::start(&sandbox, &[])];
    let of = |name: &str, key: &str, value: &str| {
        let all = ask(&sandbox, "workflows firings");
        all.iter().filter(|one| one["workflow"] == name && one[key] == value).count()
    };
    wait_until(|| of("refuse", "outcome", "failed") >= 2);
    assert_eq!(of("refuse", "outcome", "started"), 1);
    wait_until(|| of("replace", "status", "cancelled") >= 2);
    assert!(of("replace", "status", "pending_action") <= 2, "the last, and one that is just called off");
}

#[test]
fn what_cannot_be_started_is_told_each_time() {
    let sandbox = Sandbox::new();
    let text = "schedule: '* * * * * *'\ninputs: { target: { type: string } }\nsteps: [{ shell: 'echo {{ inputs.target }}' }]\n";
    sandbox.file("workflows/lacking.yaml", text);
    let server = Server::start(&sandbox, &[]);
    wait_until(|| {
        ask(&sandbox, "workflows firings").iter().filter(|one| one["outcome"] == "failed").count() >= 2
    });
    let told = schedule(&sandbox);
    assert_eq!(told["problem"], "the input `target` has no default");
    assert!(told["last"]["reason"].as_str().unwrap().contains("/target"), "{told}");
    // Half written, it keeps its times; mended, it starts.
    sandbox.file("workflows/lacking.yaml", "schedule: '* * * * * *'\nsteps: [{ shll\n");
    let broken = |told: &Value| told["last"]["reason"].as_str().is_some_and(|why| why.contains("error"));
    wait_until(|| broken(&schedule(&sandbox)));
    sandbox.file("workflows/lacking.yaml", "schedule: '* * * * * *'\nsteps: [{ shell: echo mended }]\n");
    wait_until(|| last(&sandbox) == "started");
    server.close().ok();
}

#[test]
fn what_says_something_else_begins_anew_and_what_is_gone_is_forgotten() {
    let sandbox = Sandbox::new();
    create(&sandbox, NIGHTLY);
    days_pass(&sandbox, 5);
    create(&sandbox, &NIGHTLY.replace("0 0 * * *", "30 0 * * *"));
    let _server = Server::start(&sandbox, &[]);
    wait_until(|| schedule(&sandbox)["servers"] == 1);
    assert_eq!(last(&sandbox), "", "nothing is caught up");
    sandbox.wfmcp(["workflows", "firings", "nigtly"]).code(5).stderr_has("nightly");
    let kept = || -> i64 {
        store(&sandbox).query_row("SELECT count(*) FROM schedules", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(kept(), 1);
    sandbox.wfmcp(["workflows", "archive", "nightly"]).ok();
    assert!(ask(&sandbox, "workflows schedules").is_empty());
    wait_until(|| kept() == 0);
    create(&sandbox, NIGHTLY);
    wait_until(|| kept() == 1);
    assert!(ask(&sandbox, "runs list").is_empty());
}

#[test]
fn a_server_that_only_reads_starts_nothing() {
    let sandbox = Sandbox::new();
    create(&sandbox, NIGHTLY);
    days_pass(&sandbox, 1);
    let mut reader = Server::stateless(&sandbox, &["--read-only", "--toolsets", "runs"]);
    let seen = reader.call("list_schedules", serde_json::json!({}));
    assert_eq!((&seen["items"][0]["servers"], &seen["items"][0]["last"]), (&0.into(), &Value::Null));
    let _server = Server::start(&sandbox, &[]);
    wait_until(|| last(&sandbox) == "started");
    wait_until(|| schedule(&sandbox)["servers"] != 0);
    assert_eq!(schedule(&sandbox)["servers"], 1);
}

#[test]
fn a_folder_belongs_to_the_servers_that_look_there() {
    let sandbox = Sandbox::new();
    let there = sandbox.file("there/workflows/nightly.yaml", NIGHTLY);
    let in_there = || Server::spawn(&sandbox.command(["serve", "--stdio"]).dir(sandbox.path("there")));
    let server = in_there();
    wait_until(|| ask(&sandbox, "workflows schedules").len() == 1);
    wait_until(|| schedule(&sandbox)["servers"] == 1);
    sandbox.file("workflows/other.yaml", &NIGHTLY.replace("nightly", "other"));
    let _other = Server::start(&sandbox, &[]);
    let servers = |name: &str| {
        let all = ask(&sandbox, "workflows schedules");
        all.iter().find(|one| one["workflow"] == name).map_or(Value::Null, |one| one["servers"].clone())
    };
    wait_until(|| servers("other") == 1);
    assert_eq!(servers("nightly"), 1, "{there:?}");
    server.close().ok();
    assert_eq!(servers("nightly"), 0);
}
