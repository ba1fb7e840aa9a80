//! What is left of a step when its process is killed: nothing.

use crate::harness::wait_until;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use wfmcp::effects::shell::{Identity, Request, perform};
use wfmcp::effects::{Mask, Stop};
use wfmcp::language::plan::Shell;
use wfmcp::platform::watchdog;

const FOLDER: &str = "WFMCP_TEST_VICTIM_FOLDER";

/// Not a test: what the tests below start as a process of its own. It runs the script of its folder.
#[test]
fn victim() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    watchdog::enable(env!("CARGO_BIN_EXE_wfmcp").into());
    let request = Request {
        shell: &Shell { run: std::fs::read_to_string(folder.join("script")).unwrap(), ..Shell::default() },
        dir: folder,
        env: &BTreeMap::new(),
        identity: Identity { run: "r-1", step: "a", attempt: 1, idempotency_key: "k" },
        timeout: None,
        grace: Duration::from_secs(1),
        artifacts: folder,
        mask: &Mask::default(),
    };
    perform(&request, &(), &Stop::new().unwrap()).unwrap();
}

fn start(folder: &Path, script: &str) -> Child {
    std::fs::write(folder.join("script"), script).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "effects::victim", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The process whose id is in the file.
fn is_alive(file: &Path) -> bool {
    let pid = std::fs::read_to_string(file).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

/// How many watchdogs of victims of this folder there are.
fn watchdogs(folder: &Path) -> usize {
    let read = |process: &Path, file: &str| {
        String::from_utf8_lossy(&std::fs::read(process.join(file)).unwrap_or_default()).into_owned()
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes
        .filter(|process| read(process, "cmdline").contains("__watchdog"))
        .filter(|process| read(process, "environ").contains(&folder.display().to_string()))
        .count()
}

#[test]
fn a_kill_of_ours_ends_the_whole_tree_of_a_step() {
    let folder = tempfile::tempdir().unwrap();
    // One child that stays, one that leaves the group, one that drops its mark; and the script itself.
    let mut victim = start(
        folder.path(),
        "trap '' TERM HUP\n\
         sleep 600 & echo $! > group\n\
         setsid sh -c 'echo $$ > left; exec sleep 600' &\n\
         env -i sleep 600 & echo $! > unmarked\n\
         until [ -s left ]; do sleep 0.01; done\n\
         echo $$ > leader; mv leader ready\n\
         wait",
    );
    let files = ["group", "left", "unmarked", "ready"].map(|name| folder.path().join(name));
    wait_until(|| files[3].exists());
    assert!(files.iter().all(|file| is_alive(file)));
    victim.kill().unwrap();
    victim.wait().unwrap();
    wait_until(|| !files.iter().any(|file| is_alive(file)));
}

#[test]
fn a_daemon_of_a_finished_step_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut victim = start(
        folder.path(),
        "setsid sh -c 'echo $$ > new; mv new daemon; exec sleep 600 >/dev/null 2>&1' &\n\
         until [ -s daemon ]; do sleep 0.01; done",
    );
    assert!(victim.wait().unwrap().success());
    let file = folder.path().join("daemon");
    wait_until(|| watchdogs(folder.path()) == 0);
    assert!(is_alive(&file));
    let pid = std::fs::read_to_string(&file).unwrap();
    Command::new("kill").arg(pid.trim()).status().unwrap();
}
