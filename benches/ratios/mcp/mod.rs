//! The MCP server beside an echo server on bare rmcp, each a process at the end of two pipes.

mod client;
mod echo;

use super::place::{Place, wfmcp};
use super::rounds::{Floor, Row, Unit};
pub use client::Peer;
use client::quantile;
pub use echo::serve as serve_echo;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// As rmcp's documentation starts a server, and as it is quickest.
pub const ECHO_PLAIN: &str = "__echo_stdio";
pub const ECHO_PIPES: &str = "__echo_pipes";

const PLAIN: &str = "bare rmcp echo, as its documentation has it";
const PIPES: &str = "bare rmcp echo, over non-blocking pipes";

fn echo(kind: &'static str) -> Peer {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(kind);
    Peer::start(command)
}

fn echo_call(peer: &mut Peer) {
    peer.call("echo", &json!({ "text": "hello" }));
}

pub fn serve(home: &Path) -> Command {
    let mut command = wfmcp(home);
    command.args(["serve", "--stdio"]).current_dir(home);
    command
}

/// A home with one run that waits for somebody, its id, and that of its action.
fn home(place: &Place, name: &str) -> (PathBuf, String) {
    let home = place.path(name);
    let text = "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n";
    let file = place.file(&format!("{name}/ask.yaml"), text);
    let output = wfmcp(&home).args(["run", "--json"]).arg(&file).output().expect("a run");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    (home, report["run_id"].as_str().expect("a run").to_owned())
}

/// From the start of the process to the answer to `initialize`.
pub fn start(place: &Place) -> Row {
    let (home, _) = home(place, "mcp/start");
    let begin = |command: fn() -> Command| Box::new(move || client::timed(|| drop(Peer::start(command()))));
    Row {
        what: "mcp: start to initialize answered".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || client::timed(|| drop(Peer::start(serve(&home))))),
        floors: vec![Floor {
            what: PIPES,
            aim: "< 15 ms more",
            contender: begin(|| {
                let mut command = Command::new(std::env::current_exe().expect("this program"));
                command.arg(ECHO_PIPES);
                command
            }),
        }],
    }
}

pub fn read_median(place: &Place) -> Row {
    read(place, "mcp: a status call, median", 0.5)
}

pub fn read_tail(place: &Place) -> Row {
    read(place, "mcp: a status call, 99th of 100", 0.99)
}

fn read(place: &Place, what: &str, part: f64) -> Row {
    let (home, run) = home(place, &format!("mcp/read-{part}"));
    let calls = place.size(5_000);
    let mut ours = Peer::start(serve(&home));
    let status = json!({ "run": run });
    ours.call("get_workflow_status", &status);
    let floor = |kind, what, aim| {
        let mut peer = echo(kind);
        let contender: super::rounds::Contender =
            Box::new(move || quantile(calls, part, || client::timed(|| echo_call(&mut peer))));
        Floor { what, aim, contender }
    };
    Row {
        what: what.to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            quantile(calls, part, || client::timed(|| drop(ours.call("get_workflow_status", &status))))
        }),
        floors: vec![floor(ECHO_PLAIN, PLAIN, "<= 1.3"), floor(ECHO_PIPES, PIPES, "<= 1.3")],
    }
}

/// Many calls in flight: the time of one.
pub fn pipelined(place: &Place) -> Row {
    let (home, run) = home(place, "mcp/pipelined");
    let calls = place.size(20_000);
    let mut ours = Peer::start(serve(&home));
    let floor = |kind, what| {
        let mut peer = echo(kind);
        let contender: super::rounds::Contender =
            Box::new(move || peer.pipelined(calls, "echo", &json!({ "text": "hello" })));
        Floor { what, aim: "<= 1.3", contender }
    };
    Row {
        what: format!("mcp: {calls} status calls in flight, each"),
        unit: Unit::Seconds,
        ours: Box::new(move || ours.pipelined(calls, "get_workflow_status", &json!({ "run": run }))),
        floors: vec![floor(ECHO_PLAIN, PLAIN), floor(ECHO_PIPES, PIPES)],
    }
}

/// Handing in a result, which is durable when it is answered, and ends a run.
pub fn submit(place: &Place) -> Row {
    let (home, _) = home(place, "mcp/submit");
    let calls = place.size(200);
    let mut ours = Peer::start(serve(&home));
    let mut peer = echo(ECHO_PIPES);
    Row {
        what: "mcp: a submit call, median".to_owned(),
        unit: Unit::Seconds,
        ours: Box::new(move || {
            quantile(calls, 0.5, || {
                let report = ours.call("start_workflow", &json!({ "workflow": "ask.yaml" }));
                let action = report["action"]["action_id"].clone();
                client::timed(|| {
                    drop(ours.call("submit_result", &json!({ "action": action, "result": "x" })));
                })
            })
        }),
        floors: vec![Floor {
            what: PIPES,
            aim: "",
            contender: Box::new(move || quantile(calls, 0.5, || client::timed(|| echo_call(&mut peer)))),
        }],
    }
}

/// What a server holds in memory after it introduced itself and was called once.
pub fn memory(place: &Place) -> Row {
    memory_of(place, "mcp: idle memory of a server", 0)
}

/// The same with a thousand runs that wait for somebody.
pub fn memory_with_runs(place: &Place) -> Row {
    memory_of(place, "mcp: idle memory, 1000 runs parked", place.size(1_000))
}

fn memory_of(place: &Place, what: &str, runs: u32) -> Row {
    let (home, run_id) = home(place, &format!("mcp/memory-{runs}"));
    for _ in 1..runs {
        let mut command = wfmcp(&home);
        command
            .args(["run", "ask.yaml", "--json"])
            .current_dir(&home)
            .env("WFMCP_MAX_PENDING_ACTIONS", "100000");
        let output = command.output().expect("a run");
        assert_eq!(output.status.code(), Some(4), "it waits");
    }
    Row {
        what: what.to_owned(),
        unit: Unit::Bytes,
        ours: Box::new(move || {
            let mut peer = Peer::start(serve(&home));
            peer.request("tools/list", &json!({}));
            peer.call("get_workflow_status", &json!({ "run": run_id }));
            peer.resident_bytes()
        }),
        floors: vec![Floor {
            what: PIPES,
            aim: "< 15 MiB in all",
            contender: Box::new(|| {
                let mut peer = echo(ECHO_PIPES);
                peer.request("tools/list", &json!({}));
                echo_call(&mut peer);
                peer.resident_bytes()
            }),
        }],
    }
}
