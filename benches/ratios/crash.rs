//! A server that is killed with many runs in flight, each in the middle of a script, and the next server's way to have all
//! of them at work again.

use super::mcp::{Peer, serve};
use super::place::Place;
use super::rounds::{Contender, Floor, Row, Unit, timed};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// A script that says that it is at work, and stays there.
const AT_WORK: &str = "echo >> at-work; exec sleep 3600";

pub fn all_resumed(place: &Place) -> Row {
    let runs = place.size(1_000);
    Row {
        what: format!("crash of a server, {runs} runs at work again"),
        unit: Unit::Seconds,
        ours: crash(place, runs),
        floors: vec![Floor {
            what: "bash: starts as many of the same scripts",
            aim: "< 2 s in all",
            contender: scripts(place, runs),
        }],
    }
}

/// Each round in a home of its own: a server begins the runs and is killed, the time is the next one's.
fn crash(place: &Place, runs: u32) -> Contender {
    let text = format!("name: flight\nsteps:\n  - shell: {AT_WORK}\n    on_interrupt: rerun\n");
    let homes = place.path("crash");
    let mut round = 0;
    Box::new(move || {
        round += 1;
        let home = homes.join(format!("home-{round}"));
        std::fs::create_dir_all(&home).expect("a folder");
        std::fs::write(home.join("flight.yaml"), &text).expect("a file");
        let mut first = Peer::start(serve(&home));
        for _ in 0..runs {
            first.call("start_workflow", &json!({ "workflow": "flight.yaml", "wait_seconds": 0 }));
        }
        until_at_work(&home, runs);
        first.kill();
        let mut next = None;
        let time = timed(1, || {
            next = Some(Peer::start(serve(&home)));
            until_at_work(&home, 2 * runs);
        });
        // Nothing of it is kept, so it may end as quickly.
        next.expect("a server").kill();
        time
    })
}

fn scripts(place: &Place, runs: u32) -> Contender {
    let folder = place.path("crash/floor");
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = format!("for ((i = 0; i < {runs}; i++)); do sh -c {AT_WORK:?} & done; wait");
    Box::new(move || {
        let _ = std::fs::remove_file(folder.join("at-work"));
        let mut bash: Option<Group> = None;
        let time = timed(1, || {
            bash = Some(Group::start(&script, &folder));
            until_at_work(&folder, runs);
        });
        drop(bash);
        time
    })
}

fn until_at_work(folder: &Path, scripts: u32) {
    let file = folder.join("at-work");
    while std::fs::metadata(&file).map_or(0, |file| file.len()) < u64::from(scripts) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A bash and all it started, which end together.
struct Group(Child);

impl Group {
    fn start(script: &str, folder: &PathBuf) -> Self {
        use std::os::unix::process::CommandExt as _;
        let mut command = Command::new("bash");
        Self(command.args(["-c", script]).current_dir(folder).process_group(0).spawn().expect("a bash"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}
