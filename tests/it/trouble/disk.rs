//! Stores that cannot be written, read or understood.

use crate::harness::{Run, Sandbox};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::Command;

const WORKFLOW: &str = r#"
name: w
steps:
  - id: ask
    prompt: Which word?
    result: { type: string }
  - id: say
    shell: echo {{ steps.ask.result }}
outputs: { word: "{{ steps.say.result }}" }
"#;
const SUBMIT: [&str; 5] = ["submit", "@last", "--result", "hi", "--json"];

#[test]
fn on_a_full_disk_a_command_says_so_and_the_run_stays_where_it_was() {
    let sandbox = place();
    std::fs::create_dir(sandbox.home()).unwrap();
    let Some(disk) = Mount::tmpfs(&sandbox.home()) else { return };
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    fill(&disk.0.join("ballast"));
    for arguments in [SUBMIT.as_slice(), &["run", "w.yaml", "--json"]] {
        let full = sandbox.wfmcp(arguments).code(74);
        told(&full, "unavailable", "the disk is full");
    }
    sandbox.wfmcp(["status", "@last"]).code(4);
    std::fs::remove_file(disk.0.join("ballast")).unwrap();
    goes_on(&sandbox);
}

/// Its output is larger than what is left: the step fails with the reason, and can be retried.
#[test]
fn an_output_that_does_not_fit_the_disk_fails_its_step() {
    let sandbox = place();
    let large = "name: large\nsteps: [{ id: a, shell: 'head -c 4000000 /dev/zero | tr \"\\0\" x' }]";
    sandbox.file("large.yaml", large);
    std::fs::create_dir(sandbox.home()).unwrap();
    let Some(disk) = Mount::tmpfs(&sandbox.home()) else { return };
    let full = sandbox.wfmcp(["run", "large.yaml", "--json"]);
    assert!(matches!(full.code, Some(1 | 74)) && full.stdout.contains("full"), "{full}");
    disk.grow();
    let end = sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]);
    let end = if end.code == Some(1) { sandbox.wfmcp(["runs", "retry", "@last", "--json"]) } else { end };
    // A step whose outcome could not be recorded may have run: a person is asked.
    if end.code == Some(4) {
        assert_eq!(end.json()["action"]["action_type"], "resolve", "{end}");
    } else {
        end.ok();
    }
}

#[test]
fn a_limit_on_file_sizes_loses_nothing() {
    let sandbox = place();
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    let limited = sandbox.sh("ulimit -f 40; exec wfmcp submit @last --result hi --json");
    limited.code(74).stdout_has("\"error\"");
    goes_on(&sandbox);
}

#[test]
fn a_read_only_store_is_told_and_goes_on_once_it_is_writable() {
    let sandbox = place();
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    {
        let Some(_disk) = Mount::read_only(&sandbox.home()) else { return };
        for arguments in [SUBMIT.as_slice(), &["run", "w.yaml", "--json"]] {
            told(&sandbox.wfmcp(arguments).code(74), "unavailable", "read-only");
        }
    }
    goes_on(&sandbox);
}

#[test]
fn a_store_from_a_newer_version_is_left_alone() {
    let sandbox = place();
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    let set = |version: u32| journal(&sandbox).pragma_update(None, "user_version", version).unwrap();
    let own = journal(&sandbox).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    set(99);
    let before = std::fs::read(store(&sandbox)).unwrap();
    for arguments in [SUBMIT.as_slice(), &["run", "w.yaml", "--json"], &["status", "--json"]] {
        told(&sandbox.wfmcp(arguments).code(74), "store", "was written by a newer wfmcp (format 99");
    }
    assert_eq!(std::fs::read(store(&sandbox)).unwrap(), before, "nothing was written");
    set(own);
    goes_on(&sandbox);
}

#[test]
fn a_damaged_page_is_told_and_what_can_be_read_is_read() {
    let sandbox = place();
    sandbox.wfmcp(["run", "w.yaml"]).code(4);
    let page = page_of(&sandbox, "entries");
    let whole = std::fs::read(store(&sandbox)).unwrap();
    let mut damaged = whole.clone();
    damaged[page..page + 64].fill(0xff);
    std::fs::write(store(&sandbox), damaged).unwrap();

    for arguments in [SUBMIT.as_slice(), &["run", "w.yaml", "--json"]] {
        told(&sandbox.wfmcp(arguments).code(74), "store", "is damaged");
    }
    sandbox.wfmcp(["runs", "list"]).ok().stdout_has("pending_action");
    let health = sandbox.wfmcp(["health", "--json"]);
    assert!(!health.stdout.contains("\"ok\""), "{health}");

    std::fs::write(store(&sandbox), whole).unwrap();
    goes_on(&sandbox);
}

/// One bit of one value, which is no damage to the database itself.
#[test]
fn a_changed_entry_is_noticed_and_the_other_runs_go_on() {
    let sandbox = place();
    sandbox.file("other.yaml", WORKFLOW);
    let run = sandbox.wfmcp(["run", "w.yaml", "--json"]).code(4).json()["run_id"].clone();
    let connection = journal(&sandbox);
    connection.execute("UPDATE entries SET events = replace(events, 'started', 'startes')", []).unwrap();
    drop(connection);
    sandbox.wfmcp(["run", "other.yaml"]).code(4);

    let broken = sandbox.wfmcp(["status", run.as_str().unwrap(), "--json"]).code(74);
    told(&broken, "store", "is damaged");
    goes_on(&sandbox);
    sandbox.wfmcp(["runs", "list"]).ok().stdout_has(run.as_str().unwrap());
}

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("w.yaml", WORKFLOW);
    sandbox
}

#[track_caller]
fn goes_on(sandbox: &Sandbox) {
    let end = sandbox.wfmcp(SUBMIT).ok().json();
    assert_eq!(end["result"]["word"], "hi");
}

#[track_caller]
fn told(run: &Run, kind: &str, words: &str) {
    let error = &run.json()["error"];
    assert_eq!(error["kind"], kind, "{run}");
    assert!(error["message"].as_str().unwrap().contains(words), "{run}");
    assert!(!error["hints"].as_array().unwrap().is_empty(), "what to do next is missing\n{run}");
}

fn store(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("data/projects/default/journal.db")
}

fn journal(sandbox: &Sandbox) -> Connection {
    Connection::open(store(sandbox)).unwrap()
}

/// Where the root of a table is in the file, once everything is in the file.
fn page_of(sandbox: &Sandbox, table: &str) -> usize {
    let connection = journal(sandbox);
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let sql = "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = ?1";
    connection
        .query_row(sql, [table], |row| Ok((row.get::<_, usize>(0)? - 1) * row.get::<_, usize>(1)?))
        .unwrap()
}

fn fill(file: &Path) {
    let ballast = vec![0; 64 * 1024 * 1024];
    assert!(std::fs::write(file, ballast).is_err(), "the disk is larger than that");
}

/// A file system of its own, as long as this lives. Only root may have one.
struct Mount(PathBuf);

impl Mount {
    fn tmpfs(at: &Path) -> Option<Self> {
        mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], at).then(|| Self(at.to_owned()))
    }

    fn read_only(at: &Path) -> Option<Self> {
        let path = at.to_str().unwrap();
        let mounted = mount(&["--bind", path], at).then(|| Self(at.to_owned()))?;
        mount(&["-o", "remount,bind,ro"], at).then_some(mounted)
    }

    fn grow(&self) {
        assert!(mount(&["-o", "remount,size=64m"], &self.0), "a larger disk");
    }
}

#[expect(clippy::print_stderr, reason = "says which tests could not be made here")]
fn mount(arguments: &[&str], at: &Path) -> bool {
    let mounted =
        Command::new("mount").args(arguments).arg(at).output().is_ok_and(|output| output.status.success());
    if !mounted {
        eprintln!("skipped: only root may mount a file system");
    }
    mounted
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _gone_with_its_folder = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}
