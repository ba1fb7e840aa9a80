//! What is left of a step when its process is killed: nothing. And how a process hears that it should end.

use crate::harness::wait_until;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use wfmcp::effects::shell::{Excess, Identity, Request, perform};
use wfmcp::effects::{Mask, Stop};
use wfmcp::language::plan::Shell;
use wfmcp::platform::{shutdown, watchdog};

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
        excess: Excess::Filed(folder),
        mask: &Mask::default(),
    };
    perform(&request, &(), &Stop::new().unwrap()).unwrap();
}

/// Not a test either: waits for signals, and writes down the first.
#[test]
fn listener() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let file = Path::new(&folder).join("asked");
    shutdown::install(move |asked| std::fs::write(file, format!("{asked:?}")).unwrap()).unwrap();
    std::fs::write(Path::new(&folder).join("ready"), "").unwrap();
    loop {
        std::thread::park();
    }
}

fn start(folder: &Path, script: &str) -> Child {
    std::fs::write(folder.join("script"), script).unwrap();
    start_as("effects::victim", folder)
}

fn start_as(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
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

#[test]
fn the_first_signal_asks_and_the_second_ends() {
    for (signal, asked, code) in [("INT", "Interrupt", 130), ("TERM", "Terminate", 143)] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start_as("effects::listener", folder.path());
        let send =
            |pid: u32| Command::new("kill").args([format!("-{signal}"), pid.to_string()]).status().unwrap();
        wait_until(|| folder.path().join("ready").exists());
        send(child.id());
        wait_until(|| std::fs::read_to_string(folder.path().join("asked")).is_ok_and(|text| text == asked));
        assert_eq!(child.try_wait().unwrap(), None);
        send(child.id());
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}
