//! `wfmcp doctor`: each fault is planted alone, and exactly it is named, with exit code and place; a healthy home has
//! none. What can be mended is, and nothing is touched without being asked.

use crate::harness::{Run, Sandbox, Server, wait_until};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use wfmcp::engine::event::RunId;
use wfmcp::store::format::{self, Sealed};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const LARGE: &str = "name: large\nsteps: [{ id: s, shell: 'yes word | head -c 400000' }]\n";
const ASK: &str = "name: ask\nsteps: [{ id: q, wait: { for: approval, ask: Really?, timeout: 2d } }, { id: s, shell: echo done }]\n";

/// A home in which something has ended, something waits, and the catalogue holds something.
fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("large.yaml", LARGE);
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["workflows", "create", "ask.yaml"]).ok();
    sandbox.wfmcp(["run", "large.yaml"]).ok();
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    settle(&sandbox);
    sandbox
}

const FILES: [(&str, &str); 3] =
    [("registry.db", "registry"), ("audit.db", "audit"), ("projects/default/journal.db", "project")];

/// Whatever is in the logs of databases is in their files.
fn settle(sandbox: &Sandbox) {
    for (file, _) in FILES {
        let connection = Connection::open(data(sandbox).join(file)).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    }
}

fn data(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("data")
}

fn store(sandbox: &Sandbox) -> PathBuf {
    data(sandbox).join("projects/default/journal.db")
}

fn sql(sandbox: &Sandbox, text: &str) {
    let connection = Connection::open(store(sandbox)).unwrap();
    assert!(connection.execute(text, []).unwrap() > 0, "{text} changed nothing");
}

fn doctor(sandbox: &Sandbox) -> Run {
    sandbox.wfmcp(["doctor", "--json"])
}

fn codes(run: &Run) -> Vec<String> {
    let findings = run.json()["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// What is found is this and nothing else; told in full, and by the exit code whether something is broken.
#[track_caller]
fn finds(sandbox: &Sandbox, code: &str, place: &str) -> Value {
    only(&doctor(sandbox), code, place)
}

#[track_caller]
fn only(run: &Run, code: &str, place: &str) -> Value {
    assert_eq!(codes(run), [code], "{run}");
    let found = run.json()["findings"][0].clone();
    assert!(found["where"].as_str().unwrap().contains(place), "{found}");
    for part in ["what", "why", "mend"] {
        assert!(found[part].as_str().unwrap().len() > 10, "{part} is not told: {found}");
    }
    let is_broken = found["severity"] == "error";
    assert_eq!(
        (run.json()["healthy"].as_bool(), run.code),
        (Some(!is_broken), Some(i32::from(is_broken))),
        "{run}"
    );
    found
}

/// The same, and it is mended when that is asked for.
#[track_caller]
fn finds_and_mends(sandbox: &Sandbox, code: &str, place: &str) -> Value {
    assert_eq!(finds(sandbox, code, place)["fixable"], true);
    let mended = sandbox.wfmcp(["doctor", "--fix", "--json"]).ok().json();
    assert_eq!(mended["mended"][0]["code"], code, "{mended}");
    assert_eq!(mended["mended"][0]["done"], true, "{mended}");
    assert_eq!(mended["findings"], json!([]), "{mended}");
    is_well(sandbox);
    mended["mended"][0].clone()
}

#[track_caller]
fn is_well(sandbox: &Sandbox) {
    let run = doctor(sandbox).ok();
    assert_eq!((codes(&run), run.json()["unchecked"].clone()), (Vec::new(), json!([])), "{run}");
}

/// The names of files that are not what they were.
fn changed(before: &[(PathBuf, Vec<u8>)], after: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    let differ = |one: &[(PathBuf, Vec<u8>)], other: &[(PathBuf, Vec<u8>)]| {
        let lost =
            one.iter().filter(|file| !other.contains(file)).map(|(path, _)| path.display().to_string());
        lost.collect::<Vec<_>>()
    };
    [differ(before, after), differ(after, before)].concat()
}

#[test]
fn a_healthy_home_has_nothing_and_nothing_is_touched() {
    let sandbox = Sandbox::new();
    is_well(&sandbox);
    assert!(!sandbox.home().exists(), "a look makes no home");
    let sandbox = place();
    let before = sandbox.kept();
    let well = doctor(&sandbox).ok().json();
    assert_eq!((&well["projects"], &well["runs"]), (&json!(1), &json!(2)));
    assert_eq!(changed(&before, &sandbox.kept()), [""; 0], "a look changes nothing");
    sandbox.wfmcp(["doctor"]).ok().stdout_has("is well: 1 project and 2 runs");
    sandbox.wfmcp(["doctor", "--fix"]).ok().stdout_has("is well");
    sandbox.wfmcp(["doctor", "--project", "nowhere"]).code(5);
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "bob"]).ok();
    is_well(&sandbox);
}

#[test]
fn permissions_of_the_home() {
    let sandbox = place();
    let mode = |mode: u32| fs::set_permissions(data(&sandbox), Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    finds_and_mends(&sandbox, "home-open-to-others", "data");
    mode(0o500);
    let broken = doctor(&sandbox).code(1);
    assert_eq!(codes(&broken), ["home-not-writable"], "{broken}");
    finds_and_mends(&sandbox, "home-not-writable", "data");
    assert_eq!(fs::metadata(data(&sandbox)).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_home_that_is_no_folder() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.home()).unwrap();
    fs::write(data(&sandbox), "what?").unwrap();
    let run = doctor(&sandbox).code(1);
    assert!(codes(&run).contains(&"home-not-writable".to_owned()), "{run}");
}

/// What is done to the bytes of a file.
type Fault = fn(&mut Vec<u8>);

/// Whatever is done to a database file, it is told and left as it is.
#[test]
fn databases_that_are_damaged_missing_or_new() {
    let flip = |bytes: &mut Vec<u8>| bytes[..16].reverse();
    let truncate = |bytes: &mut Vec<u8>| bytes.truncate(5_000);
    let empty = |bytes: &mut Vec<u8>| bytes.clear();
    let fill = |bytes: &mut Vec<u8>| bytes[4_096..].fill(0xff);
    let faults: [(&str, Fault); 4] =
        [("flipped", flip), ("truncated", truncate), ("empty", empty), ("filled", fill)];
    let sandbox = place();
    for (file, name) in FILES {
        let path = data(&sandbox).join(file);
        let whole = fs::read(&path).unwrap();
        for (fault, change) in faults {
            let mut bytes = whole.clone();
            change(&mut bytes);
            fs::write(&path, &bytes).unwrap();
            let found = finds(&sandbox, &format!("{name}-damaged"), file);
            assert_eq!(found["severity"], "error", "{fault}");
            if name != "audit" {
                // Else it is put on record there that nothing could be mended.
                sandbox.wfmcp(["doctor", "--fix"]).code(1);
            }
            assert!(fs::read(&path).unwrap() == bytes, "{fault} {file} was touched");
        }
        fs::write(&path, &whole).unwrap();
        is_well(&sandbox);
    }
    for (file, name) in [FILES[0], FILES[2]] {
        let path = data(&sandbox).join(file);
        let aside = path.with_extension("aside");
        fs::rename(&path, &aside).unwrap();
        finds(&sandbox, &format!("{name}-missing"), file);
        assert!(!path.exists(), "it was made anew");
        fs::rename(&aside, &path).unwrap();
    }
    for (file, name) in FILES {
        let connection = Connection::open(data(&sandbox).join(file)).unwrap();
        let own: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        for (version, ending) in [(99, "newer"), (own - 1, "older")] {
            connection.pragma_update(None, "user_version", version).unwrap();
            let run = doctor(&sandbox);
            assert_eq!(codes(&run), [format!("{name}-{ending}")], "{run}");
            let found =
                connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap();
            assert_eq!(found, version, "it was not migrated by a look");
        }
        connection.pragma_update(None, "user_version", own).unwrap();
    }
    is_well(&sandbox);
}

#[test]
fn what_is_left_of_something_else() {
    let sandbox = place();
    let ghost = data(&sandbox).join("projects/p-ghost");
    fs::create_dir(&ghost).unwrap();
    fs::copy(store(&sandbox), ghost.join("journal.db")).unwrap();
    assert_eq!(finds(&sandbox, "orphaned-project", "projects/p-ghost")["fixable"], false);
    sandbox.wfmcp(["doctor", "--fix"]).ok();
    assert!(ghost.join("journal.db").exists(), "what somebody may miss stays");
    fs::remove_dir_all(&ghost).unwrap();

    fs::write(data(&sandbox).join("owners/4711-dead.lock"), "").unwrap();
    finds_and_mends(&sandbox, "stale-lock", "owners");

    fs::remove_file(data(&sandbox).join("audit.db")).unwrap();
    fs::write(data(&sandbox).join("audit.db-wal"), "the last writes of a database that is gone").unwrap();
    let mended = finds_and_mends(&sandbox, "log-without-database", "audit.db-wal");
    let aside = mended["what"].as_str().unwrap().rsplit(' ').next().unwrap();
    assert!(fs::read_to_string(aside).unwrap().starts_with("the last writes"), "{mended}");
}

#[test]
fn lists_that_differ_from_their_journal() {
    let sandbox = place();
    let faults = [
        ("UPDATE runs SET status = 'running' WHERE workflow = 'large'", "status is \"running\""),
        ("UPDATE runs SET ended_at = NULL WHERE workflow = 'large'", "ended_at"),
        ("UPDATE runs SET workflow = 'other' WHERE workflow = 'large'", "workflow is \"other\""),
        ("UPDATE runs SET due = NULL WHERE workflow = 'ask'", "due is null"),
        ("UPDATE actions SET open = 0", "is not listed, by the journal open"),
        ("UPDATE actions SET title = 'Never mind'", "title is \"Never mind\""),
    ];
    for (change, says) in faults {
        sql(&sandbox, change);
        let found = finds_and_mends_one_of(&sandbox, "lists-differ");
        assert!(found["what"].as_str().unwrap().contains(says), "{change}: {found}");
    }
    let listed = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
    let told: Vec<[&str; 2]> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| ["workflow", "status"].map(|key| run[key].as_str().unwrap()))
        .collect();
    assert_eq!(told, [["ask", "pending_action"], ["large", "completed"]]);
    sandbox.wfmcp(["submit", "@last", "--approve", "--as", "bob"]).ok();
}

#[test]
fn turns_and_settled_actions_that_are_forgotten() {
    let sandbox = place();
    sandbox.file("one.yaml", "name: one\nconcurrency: { key: k }\nsteps: [{ id: q, prompt: What? }]\n");
    sandbox.wfmcp(["run", "one.yaml"]).code(4);
    is_well(&sandbox);
    for (change, says) in [
        ("UPDATE turns SET key = 'other'", "its turn of key `k` is none"),
        ("UPDATE turns SET held = 0", "waiting to be one of at most 1"),
        ("UPDATE turns SET cap = 7", "one of at most 7"),
        ("DELETE FROM turns", "its turn of key `k` is none"),
    ] {
        sql(&sandbox, change);
        let found = finds_and_mends_one_of(&sandbox, "lists-differ");
        assert!(found["what"].as_str().unwrap().contains(says), "{change}: {found}");
    }
    sandbox.wfmcp(["submit", "@last", "--result", "this"]).ok();
    sql(&sandbox, "DELETE FROM actions WHERE open = 0");
    let found = finds_and_mends_one_of(&sandbox, "lists-differ");
    assert!(found["what"].as_str().unwrap().contains("the run of action"), "{found}");
}

#[test]
fn a_cache_that_cites_what_nobody_looked_for() {
    let sandbox = place();
    sandbox.file("made.yaml", "name: made\nsteps:\n  - { id: a, cache: { key: k }, shell: echo a }\n  - { id: b, cache: { key: k }, shell: echo b }\n");
    for change in [
        "UPDATE cache SET step = 'b' WHERE step = 'a'",
        "UPDATE cache SET digest = 'f' || substr(digest, 2) WHERE digest NOT LIKE 'f%' AND step = 'a'",
        "UPDATE cache SET run = 1 WHERE step = 'a'",
    ] {
        sandbox.wfmcp(["run", "made.yaml", "--no-cache"]).ok();
        is_well(&sandbox);
        sql(&sandbox, change);
        sandbox.wfmcp(["runs", "verify", "--all"]).code(1).stdout_has("in the cache");
        finds_and_mends_one_of(&sandbox, "lists-differ");
    }
}

/// What goes on elsewhere is well here, and nobody is to carry it.
#[test]
fn a_run_that_was_moved() {
    let sandbox = place();
    sandbox.wfmcp(["runs", "export", "@last", "--move", "--out", "b.tar"]).ok();
    is_well(&sandbox);
    shift(&sandbox, -3);
    is_well(&sandbox);
    let metrics = sandbox.wfmcp(["metrics", "--json", "--by", "status"]).ok().json();
    let runs = &metrics["totals"]["runs"];
    assert_eq!([&runs["open"], &runs["moved"]], [0, 1], "{metrics}");
    let groups = metrics["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["status"] == "moved"), "{metrics}");
    sql(&sandbox, "UPDATE runs SET status = 'pending_action', ready = 1 WHERE workflow = 'ask'");
    finds_and_mends_one_of(&sandbox, "lists-differ");
    let there = Sandbox::new();
    std::fs::copy(sandbox.path("b.tar"), there.path("b.tar")).unwrap();
    there.wfmcp(["runs", "import", "b.tar", "--dir", "."]).ok();
    is_well(&there);
    sql(&there, "UPDATE runs SET status = 'moved'");
    finds_and_mends_one_of(&there, "lists-differ");
}

/// The finding, after it was mended; a run whose row says that it goes on may be told of as one that nobody carries, too.
#[track_caller]
fn finds_and_mends_one_of(sandbox: &Sandbox, code: &str) -> Value {
    let run = doctor(sandbox).code(1);
    let found = run.json()["findings"][0].clone();
    assert_eq!(found["code"], code, "{run}");
    let mended = sandbox.wfmcp(["doctor", "--fix", "--json"]).ok();
    assert_eq!(mended.json()["findings"], json!([]), "{mended}");
    is_well(sandbox);
    found
}

#[test]
fn journals_plans_and_artifacts_that_were_changed() {
    let sandbox = place();
    let whole = fs::read(store(&sandbox)).unwrap();
    let faults = [
        ("UPDATE entries SET events = replace(events, 'word', 'ward') WHERE run = 1", "journal-broken"),
        ("UPDATE entries SET at = at + 1 WHERE run = 1 AND seq > 1", "journal-broken"),
        ("DELETE FROM entries WHERE run = 1 AND seq > 1", "journal-broken"),
        ("UPDATE entries SET events = '[' WHERE run = 1 AND seq > 1", "journal-broken"),
        ("UPDATE entries SET format = 99 WHERE run = 1", "run-newer"),
        ("DELETE FROM plans WHERE text LIKE '%yes word%'", "plan-damaged"),
        (
            "UPDATE plans SET text = replace(text, 'yes word', 'yes sir') WHERE text LIKE '%yes word%'",
            "plan-damaged",
        ),
        ("UPDATE plans SET text = '{' WHERE text LIKE '%yes word%'", "plan-damaged"),
    ];
    for (change, code) in faults {
        let connection = Connection::open(store(&sandbox)).unwrap();
        connection.execute(change, []).unwrap();
        drop(connection);
        finds(&sandbox, code, "(large)");
        sandbox.wfmcp(["doctor", "--fix"]).code(1);
        fs::write(store(&sandbox), &whole).unwrap();
    }
    let artifacts = data(&sandbox).join("projects/default/artifacts");
    let files: Vec<PathBuf> = sandbox.kept().into_iter().map(|(path, _)| path).collect();
    let file = files.iter().find(|path| path.starts_with(&artifacts)).unwrap();
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text.replacen("word", "Word", 1)).unwrap();
    let found = finds(&sandbox, "artifact-damaged", "(large)");
    assert!(found["what"].as_str().unwrap().contains(file.to_str().unwrap()), "{found}");
    fs::remove_file(file).unwrap();
    finds(&sandbox, "artifact-damaged", "(large)");
    fs::write(file, text).unwrap();
    is_well(&sandbox);
}

#[test]
fn what_is_configured_wrong() {
    let sandbox = place();
    let faults = [
        ("lease: [", "config.yaml:"),
        ("leese: 5m\n", "config.yaml:1:1"),
        ("\nmax_pending_actions: 0\n", "config.yaml:2:22"),
        ("files: { commands: true }\n", "config.yaml:1:"),
        ("mcpServers: { git: { url: 'http://x' } }\n", "config.yaml:1:"),
    ];
    for (text, place) in faults {
        sandbox.file(".wfmcp/config.yaml", text);
        let found = finds(&sandbox, "config-invalid", place);
        assert_eq!(found["severity"], "error");
        sandbox.wfmcp(["doctor"]).code(1).stdout_has("config-invalid").stdout_has("project default");
        sandbox.wfmcp(["doctor", "--fix"]).code(1);
        assert_eq!(sandbox.read(".wfmcp/config.yaml"), text);
    }
    fs::remove_file(sandbox.path(".wfmcp/config.yaml")).unwrap();
    let by_variable = sandbox.command(["doctor", "--json"]).env("WFMCP_LEASE", "soon").run();
    only(&by_variable, "config-invalid", "WFMCP_LEASE");
    let server = |command: &str| format!("mcpServers: {{ tools: {{ command: {command} }} }}\n");
    for missing in ["no-such-program", "./no/such/program"] {
        sandbox.file(".wfmcp/config.yaml", &server(missing));
        let found = finds(&sandbox, "mcp-server-missing", "config.yaml:1");
        assert!(found["what"].as_str().unwrap().contains(missing), "{found}");
    }
    sandbox.file(".wfmcp/config.yaml", &server("sh"));
    is_well(&sandbox);
    sandbox.file(".env", "TOKEN=hunter22\n");
    fs::set_permissions(sandbox.path(".env"), Permissions::from_mode(0o644)).unwrap();
    finds_and_mends(&sandbox, "secrets-open-to-others", ".env");
    assert_eq!(fs::metadata(sandbox.path(".env")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn programs_that_are_not_there() {
    let sandbox = place();
    let shell = sandbox.command(["doctor", "--json"]).env("WFMCP_SHELL", "no-such-shell").run();
    only(&shell, "shell-missing", "WFMCP_SHELL");
    let tools = sandbox.path("tools");
    fs::create_dir(&tools).unwrap();
    std::os::unix::fs::symlink("/bin/sh", tools.join("sh")).unwrap();
    let with_few = || sandbox.command(["doctor", "--json"]).env("PATH", tools.as_os_str()).run();
    assert_eq!(codes(&with_few().ok()), [""; 0]);
    sandbox.file("tag.yaml", "name: tag\nsteps: [{ id: s, shell: cd x && git tag v1 }]\n");
    sandbox.wfmcp(["workflows", "create", "tag.yaml"]).ok();
    let found = only(&with_few(), "program-missing", "workflow tag");
    assert!(found["what"].as_str().unwrap().contains("`git`"), "{found}");
    sandbox.wfmcp(["workflows", "archive", "tag"]).ok();
    fs::remove_file(sandbox.path("tag.yaml")).unwrap();
    sandbox
        .file("py.yaml", "name: py\nsteps: [{ id: s, shell: { run: 'print(1)', with: no-such-python } }]\n");
    sandbox.wfmcp(["workflows", "create", "py.yaml"]).ok();
    finds(&sandbox, "program-missing", "workflow py");
}

#[test]
fn documents_that_are_no_longer_understood() {
    let sandbox = place();
    let text = |text: &str| {
        let connection = Connection::open(store(&sandbox)).unwrap();
        connection.execute("UPDATE documents SET text = ?1 WHERE name = 'ask'", [text]).unwrap();
    };
    text("name: ask\nsteps: [{ id: q, shell: echo {{ steps.gone.result }} }]\n");
    finds(&sandbox, "document-invalid", "workflow ask");
    text("name: ask\nsteps: [{ id: q, shell: ");
    finds(&sandbox, "document-damaged", "workflow ask");
    text("kind: prompt\nname: ask\ntext: Hello.\n");
    finds(&sandbox, "document-damaged", "workflow ask");
    text(ASK);
    is_well(&sandbox);
}

/// All that happened did so some days earlier or later: every time in the journal, its chain made anew, and the lists.
fn shift(sandbox: &Sandbox, days: i64) {
    let by = days * DAY_MS;
    let connection = Connection::open(store(sandbox)).unwrap();
    let mut runs = connection.prepare("SELECT id, run FROM runs").unwrap();
    let runs: Vec<(i64, String)> =
        runs.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (id, name) in runs {
        let mut entries = connection
            .prepare("SELECT seq, count, at, events FROM entries WHERE run = ?1 ORDER BY seq")
            .unwrap();
        let entries =
            entries.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        let entries: Vec<(u64, u64, i64, String)> = entries.map(Result::unwrap).collect();
        let mut chain = format::FIRST_LINK;
        for (seq, count, at, events) in entries {
            let mut events: Value = serde_json::from_str(&events).unwrap();
            shift_within(&mut events, by);
            let events = events.to_string();
            let sealed = Sealed { format: format::VERSION, seq, count, at: at + by, events: &events };
            chain = format::link(&chain, &RunId::new(&name), &sealed);
            let sql = "UPDATE entries SET at = ?3, events = ?4, chain = ?5 WHERE run = ?1 AND seq = ?2";
            connection.execute(sql, rusqlite::params![id, seq, at + by, events, chain]).unwrap();
        }
        let sql = "UPDATE runs SET chain = ?2, started_at = started_at + ?3, updated_at = updated_at + ?3,
            ended_at = ended_at + ?3, due = due + ?3 WHERE id = ?1";
        connection.execute(sql, rusqlite::params![id, chain, by]).unwrap();
    }
    connection
        .execute("UPDATE actions SET created_at = created_at + ?1, deadline = deadline + ?1", [by])
        .unwrap();
}

fn shift_within(value: &mut Value, by: i64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| shift_within(item, by)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64() {
                    Some(at) if ["deadline", "until", "due", "retry_at"].contains(&name.as_str()) => {
                        *value = json!(at + by);
                    }
                    _ => shift_within(value, by),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn time_that_went_backwards_and_deadlines_that_nobody_kept() {
    let sandbox = place();
    shift(&sandbox, 10);
    finds(&sandbox, "clock-behind", "project default");
    shift(&sandbox, -10);
    is_well(&sandbox);
    shift(&sandbox, -3);
    let found = finds(&sandbox, "action-overdue", "step q");
    assert_eq!(found["fixable"], true);
    let mended = sandbox.wfmcp(["doctor", "--fix", "--json"]).ok().json();
    assert_eq!((&mended["mended"][0]["done"], &mended["findings"]), (&json!(true), &json!([])), "{mended}");
    let is_over = || {
        let runs = sandbox.wfmcp(["runs", "list", "--json"]).ok().json();
        runs["items"][0]["status"] == "failed"
    };
    wait_until(is_over);
    is_well(&sandbox);
}

/// One process carries all that stand still in a project: it is begun once, and none of them is left to be told.
#[test]
fn several_runs_that_nobody_carries_are_taken_up_at_once() {
    let sandbox = place();
    for _ in 0..2 {
        sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    }
    settle(&sandbox);
    shift(&sandbox, -3);
    assert_eq!(codes(&doctor(&sandbox).ok()), ["action-overdue"; 3]);
    let mended = sandbox.wfmcp(["doctor", "--fix", "--json"]).ok().json();
    assert_eq!(mended["mended"].as_array().unwrap().len(), 1, "{mended}");
    assert_eq!((&mended["mended"][0]["done"], &mended["findings"]), (&json!(true), &json!([])), "{mended}");
}

#[test]
fn a_run_whose_process_died() {
    let sandbox = place();
    let slow = "name: slow\nsteps: [{ id: s, on_interrupt: rerun, shell: 'echo > began; test -e gate || sleep 600' }]\n";
    sandbox.file("slow.yaml", slow);
    let mut carrier = sandbox.command(["run", "slow.yaml"]).spawn();
    wait_until(|| sandbox.path("began").exists());
    is_well(&sandbox);
    carrier.kill();
    sandbox.file("gate", "");
    let run = doctor(&sandbox).ok();
    assert_eq!(codes(&run), ["run-not-carried", "stale-lock"], "{run}");
    let mended = sandbox.wfmcp(["doctor", "--fix", "--json"]).ok();
    assert!(mended.stdout.contains("carries project default on"), "{mended}");
    let has_ended = || {
        let runs = sandbox.wfmcp(["runs", "list", "--workflow", "slow", "--json"]).ok().json();
        runs["items"][0]["status"] == "completed"
    };
    wait_until(has_ended);
    is_well(&sandbox);
}

/// Only root may have a file system of its own.
#[test]
fn a_disk_that_is_nearly_full() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.home()).unwrap();
    let mount = |arguments: &[&str], at: &Path| {
        Command::new("mount").args(arguments).arg(at).output().is_ok_and(|output| output.status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs"], &sandbox.home()) {
        return;
    }
    sandbox.file("ask.yaml", ASK);
    sandbox.wfmcp(["run", "ask.yaml"]).code(4);
    let run = doctor(&sandbox);
    let _gone_with_its_folder = Command::new("umount").arg("-l").arg(sandbox.home()).output();
    only(&run, "disk-nearly-full", "data");
}

/// Neither is disturbed by the other.
#[test]
fn beside_a_server_that_works() {
    let sandbox = place();
    let mut server = Server::session(&sandbox, &["--toolsets", "workflows,monitoring"]);
    for round in 0..5 {
        let started = server.call("start_workflow", json!({ "workflow": "ask" }));
        is_well(&sandbox);
        assert_eq!(server.call("diagnose", json!({}))["healthy"], true, "round {round}");
        let action = json!({ "action": started["action"]["action_id"], "decision": "reject" });
        let _refused_or_not =
            server.request("tools/call", json!({ "name": "submit_result", "arguments": action }));
    }
    sandbox.wfmcp(["doctor", "--fix"]).ok();
    assert_eq!(server.call("diagnose", json!({}))["findings"], json!([]));
    let refused = server.request("tools/call", json!({ "name": "mend", "arguments": {} }));
    assert!(refused["error"]["message"].as_str().unwrap().contains("no tool `mend`"), "{refused}");
    server.close().ok();
    is_well(&sandbox);
}

/// Several faults at once are each told; what is ill hides nothing that is beside it.
#[test]
fn one_project_that_is_ill_hides_no_other() {
    let sandbox = place();
    sandbox.wfmcp(["projects", "create", "web"]).ok();
    sandbox.wfmcp(["run", "ask.yaml", "--project", "web"]).code(4);
    let web = sandbox.wfmcp(["projects", "show", "web", "--json"]).ok().json();
    sql(&sandbox, "UPDATE runs SET status = 'failed' WHERE workflow = 'large'");
    fs::write(web["store"].as_str().unwrap(), "no database").unwrap();
    let run = doctor(&sandbox).code(1);
    assert_eq!(codes(&run), ["lists-differ", "project-damaged"], "{run}");
    assert_eq!(codes(&sandbox.wfmcp(["doctor", "--json", "--project", "web"]).code(1)), ["project-damaged"]);
    assert_eq!(codes(&sandbox.wfmcp(["doctor", "--json", "--project", "default"]).code(1)), ["lists-differ"]);
    let lines = sandbox.wfmcp(["doctor", "--jsonl"]).code(1).stdout;
    assert_eq!(lines.lines().count(), 2);
    let seen = sandbox.command(["doctor"]).terminal().wait();
    assert!(seen.stdout.contains("2 things are broken"), "{seen}");
}
