//! Runs on their way: a live run goes on in another home and never in two, a bundle or a journal that is not what was
//! written is found out, and what is let go of is gone whole.

use super::harness::{Run, Sandbox};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A child that waits, what is too large for an entry, and what is no text.
const FLOW: &str = r#"
name: flow
steps:
  - { id: large, shell: "head -c 300000 /dev/zero | tr '\\0' x" }
  - { id: bytes, shell: "printf '\\377\\376raw'" }
  - { id: part, workflow: { name: ./part.yaml } }
  - { id: where, shell: "pwd; cat {{ steps.bytes.stdout.file }} | wc -c" }
outputs: { where: "{{ steps.where.result }}", n: "{{ steps.part.result.n }}" }
"#;
const PART: &str = r#"
name: part
steps: [{ id: ask, prompt: How many?, result: { type: integer } }]
outputs: { n: "{{ steps.ask.result }}" }
"#;
const ASK: &str = "name: ask\nsteps: [{ id: ask, prompt: What?, result: { type: string } }]\n";

fn place() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("flow.yaml", FLOW);
    sandbox.file("part.yaml", PART);
    sandbox.file("ask.yaml", ASK);
    sandbox.file("short.yaml", "name: short\nsteps: [{ id: s, shell: echo hi }]\n");
    sandbox
}

/// The run and its pending action.
fn begun(sandbox: &Sandbox, file: &str) -> (String, String) {
    let report = sandbox.wfmcp(["run", file, "--json", "--label", "team=blue"]).code(4).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&report["run_id"]), text(&report["action"]["action_id"]))
}

fn there() -> Sandbox {
    let there = Sandbox::new();
    there.file("keep", "");
    there
}

fn verified(sandbox: &Sandbox) -> Value {
    sandbox.wfmcp(["runs", "verify", "--all", "--json"]).ok().json()
}

#[test]
fn a_live_run_moves_and_ends_where_it_went() {
    let (here, there) = (place(), there());
    let (run, action) = begun(&here, "flow.yaml");
    here.wfmcp(["actions", "claim", &action, "--as", "bob", "--lease-seconds", "3600"]).ok();
    let bundle = here.path("b.tar");
    here.wfmcp(["runs", "export", &run, "--move", "--to", "the laptop", "--out", "b.tar"])
        .ok()
        .stdout_has("never here again");
    for late in [
        vec!["submit", &action, "--result", "5", "--as", "bob"],
        vec!["submit", &action, "--result", "5", "--as", "eve"],
        vec!["runs", "resume", &run],
        vec!["runs", "pause", &run],
        vec!["runs", "cancel", &run],
        vec!["runs", "retry", &run],
        vec!["actions", "claim", &action],
    ] {
        here.wfmcp(late).code(6).stderr_has("goes on elsewhere: it was moved to the laptop");
    }
    let told = here.wfmcp(["status", &run, "--json"]).code(6).json();
    assert_eq!(told["status"], "moved");
    assert!(here.wfmcp(["inbox", "--json"]).ok().json()["items"].as_array().unwrap().is_empty());
    let file = bundle.to_str().unwrap();
    let digest = there.wfmcp(["runs", "verify", "--bundle", file, "--json"]).ok().json()["digest"].clone();
    there.wfmcp(["runs", "import", file, "--dir", "nowhere"]).code(3).stderr_has("is no folder");
    let imported = there.wfmcp(["runs", "import", file, "--dir", ".", "--json"]).ok().json();
    assert_eq!((&imported["outcome"], &imported["digest"]), (&json!("imported"), &digest));
    assert_eq!(imported["actions"], json!([action]), "pending actions keep their ids");
    let again = there.wfmcp(["runs", "import", file, "--json"]).ok().json();
    assert_eq!((&again["outcome"], &again["events"]), (&json!("already_here"), &json!(0)));
    // Bob's lease did not come along: somebody else may do it, and is another generation.
    let claimed = there.wfmcp(["actions", "claim", &action[..4], "--as", "eve", "--json"]).ok().json();
    assert_eq!(claimed["action_id"], format!("{}-2", &action[..4]));
    there.wfmcp(["submit", &action[..4], "--as", "eve", "--result", "5"]).ok();
    there.wfmcp(["status", &run, "--wait", "60s"]);
    let report = there.wfmcp(["status", &run, "--json"]).json();
    if report["status"] == "pending_action" {
        there.wfmcp(["submit", &run, "--result", r#"{"decision": "again"}"#]).ok();
    }
    let report = there.wfmcp(["status", &run, "--wait", "60s", "--json"]).ok().json();
    assert_eq!(report["result"]["n"], 5, "{report}");
    let said = report["result"]["where"].as_str().unwrap();
    let dir = there.path("").canonicalize().unwrap();
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), [dir.to_str().unwrap(), "5"]);
    assert_eq!((&verified(&here)["status"], &verified(&there)["status"]), (&json!("ok"), &json!("ok")));
    there.wfmcp(["submit", &action, "--result", "6"]).code(6);
}

#[test]
fn a_run_comes_back_with_what_happened_elsewhere() {
    let (here, there) = (place(), there());
    let (run, action) = begun(&here, "ask.yaml");
    here.wfmcp(["runs", "export", &run, "--move", "--out", "one.tar"]).ok();
    let one = here.path("one.tar");
    there.wfmcp(["runs", "import", one.to_str().unwrap(), "--dir", "."]).ok();
    there.wfmcp(["runs", "pause", &run]).ok();
    there.wfmcp(["runs", "export", &run, "--move", "--out", "two.tar"]).ok();
    let two = there.path("two.tar");
    let back = here.wfmcp(["runs", "import", two.to_str().unwrap(), "--dir", ".", "--json"]).ok().json();
    assert_eq!(back["outcome"], "came_back");
    here.wfmcp(["runs", "import", one.to_str().unwrap()]).ok().stdout_has("already");
    here.wfmcp(["runs", "resume", &run]).code(4);
    here.wfmcp(["submit", &action, "--result", "hi"]).ok();
    // One that never arrived anywhere goes on here again.
    let (run, action) = begun(&here, "ask.yaml");
    here.wfmcp(["runs", "export", &run, "--move"]).ok();
    here.wfmcp(["runs", "import", &format!("{run}.wfmcp.tar")]).ok().stdout_has("came back");
    here.wfmcp(["submit", &action, "--result", "hi"]).ok();
    assert_eq!(verified(&here)["status"], "ok");
}

#[test]
fn a_copy_of_a_live_run_does_not_go_on_unless_the_original_is_lost() {
    let (here, there) = (place(), there());
    let (run, action) = begun(&here, "flow.yaml");
    here.wfmcp(["runs", "export", &run, "--out", "copy.tar"]).ok().stdout_has("is copied");
    here.wfmcp(["runs", "export", &run, "--out", "copy.tar"]).code(6).stderr_has("exists already");
    let copy = here.path("copy.tar");
    let import = ["runs", "import", copy.to_str().unwrap(), "--dir", "."];
    there.wfmcp(import).code(6).stderr_has("--move").stderr_has("--take-over");
    assert!(there.wfmcp(["runs", "list", "--json"]).ok().json()["items"].as_array().unwrap().is_empty());
    there.wfmcp([&import[..], &["--take-over"]].concat()).ok();
    there.wfmcp(["submit", &action, "--result", "1"]).ok();
    here.wfmcp(["runs", "cancel", &run]).ok();
    here.wfmcp(["runs", "export", &run, "--move"]).code(6).stderr_has("leave --move out");
    let listed = here.wfmcp(["runs", "list", "--json"]).ok().json();
    let child = listed["items"].as_array().unwrap().iter().find(|run| !run["parent"].is_null()).unwrap();
    here.wfmcp(["runs", "export", child["run_id"].as_str().unwrap()]).code(6).stderr_has("is a part of");
    // Another run with its id.
    let other = there.wfmcp(["runs", "export", &run, "--out", "other.tar"]);
    other.ok();
    here.wfmcp(["runs", "import", there.path("other.tar").to_str().unwrap()]).code(6).stderr_has("another");
}

#[test]
fn a_bundle_is_put_where_it_may_be_or_nothing_of_the_run_is_touched() {
    let here = place();
    let (run, _) = begun(&here, "ask.yaml");
    std::fs::create_dir(here.path("real")).unwrap();
    std::os::unix::fs::symlink("real", here.path("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", here.path("dangling")).unwrap();
    let export = |out: &str| here.wfmcp(["runs", "export", &run, "--move", "--out", out]);
    export("missing/b.tar").code(74).stderr_has("--out");
    export("real/..").code(3).stderr_has("no name for a file");
    for taken in ["real", "dangling", "ask.yaml"] {
        export(taken).code(6).stderr_has("exists already");
    }
    export("new.yaml").code(3).stderr_has("a name for a document");
    assert_eq!(here.wfmcp(["status", &run, "--json"]).json()["status"], "pending_action");
    let names = |folder: &str| std::fs::read_dir(here.path(folder)).unwrap().count();
    let before = names("");
    export("link/b.tar").ok();
    assert_eq!((names("real"), names("")), (1, before), "no draft is left");
    here.wfmcp(["runs", "verify", "--bundle", "real/b.tar"]).ok();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(here.path("real/b.tar")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "what is in it is its owner's");
}

#[test]
fn moving_survives_a_kill_at_every_write() {
    for fault in ["kill-before-commit", "kill-after-commit"] {
        for write in 1..20 {
            let (here, there) = (place(), there());
            let (run, action) = begun(&here, "flow.yaml");
            let export = ["runs", "export", &run, "--move", "--out", "b.tar"];
            let exported = here.command(export).env("WFMCP_FAULT", format!("{fault}:{write}")).run();
            // The last write is that of the record, and the file is there by then.
            if !here.path("b.tar").exists() {
                here.wfmcp(export).ok();
            }
            let file = here.path("b.tar");
            let import = ["runs", "import", file.to_str().unwrap(), "--dir", "."];
            let imported = there.command(import).env("WFMCP_FAULT", format!("{fault}:{write}")).run();
            let was_killed = imported.code.is_none();
            assert_eq!(verified(&there)["status"], "ok");
            there.wfmcp(import).ok();
            there.wfmcp(["submit", &action, "--result", "5"]).ok();
            here.wfmcp(["submit", &action, "--result", "5"]).code(6);
            assert_eq!(
                (&verified(&here)["status"], &verified(&there)["status"]),
                (&json!("ok"), &json!("ok"))
            );
            if exported.code.is_some() && !was_killed {
                assert!(write > 2, "the faults did not strike");
                break;
            }
        }
    }
}

/// What a damaged bundle must come to.
#[track_caller]
fn is_found_out(run: &Run, what: &str) {
    assert!(matches!(run.code, Some(1 | 3)), "{what}: {run}");
    let told = format!("{}{}", run.stdout, run.stderr);
    assert!(told.contains("expected") || told.contains("no bundle"), "{what}: {run}");
}

#[test]
fn no_byte_of_a_bundle_can_be_another() {
    let here = place();
    let (run, _) = begun(&here, "ask.yaml");
    here.wfmcp(["runs", "export", &run, "--out", "b.tar"]).ok();
    let sound = std::fs::read(here.path("b.tar")).unwrap();
    let verify = ["runs", "verify", "--bundle", "bad.tar"];
    for at in (0..sound.len()).step_by(29) {
        let mut bad = sound.clone();
        bad[at] ^= 1 << (at % 8);
        std::fs::write(here.path("bad.tar"), bad).unwrap();
        is_found_out(&here.wfmcp(verify), &format!("byte {at}"));
    }
    for length in (0..sound.len()).step_by(257) {
        std::fs::write(here.path("bad.tar"), &sound[..length]).unwrap();
        is_found_out(&here.wfmcp(verify), &format!("{length} bytes"));
    }
    std::fs::write(here.path("bad.tar"), [&sound[..], b"\0"].concat()).unwrap();
    is_found_out(&here.wfmcp(verify), "one more byte");
}

/// The members of a bundle, to be put together otherwise with sums that fit.
struct Members(Vec<(String, Vec<u8>)>);

impl Members {
    fn of(file: &Path) -> Self {
        let (bytes, mut at, mut members) = (std::fs::read(file).unwrap(), 0, Vec::new());
        while bytes[at] != 0 {
            let text = |from: usize, to: usize| {
                String::from_utf8_lossy(&bytes[at + from..at + to]).trim_end_matches('\0').to_owned()
            };
            let (name, size) = (text(0, 100), usize::from_str_radix(&text(124, 135), 8).unwrap());
            members.push((name, bytes[at + 512..at + 512 + size].to_vec()));
            at += 512 + size.div_ceil(512) * 512;
        }
        members.pop();
        Self(members)
    }

    fn change(&mut self, name: &str, from: &str, to: &str) {
        let (_, bytes) = self.0.iter_mut().find(|(found, _)| found.starts_with(name)).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{name} has no {from}: {text}");
        *bytes = text.replacen(from, to, 1).into_bytes();
    }

    fn write(mut self, file: &Path) {
        let sums = self.0.iter().map(|(name, bytes)| format!("{}  {name}\n", blake3::hash(bytes).to_hex()));
        self.0.push(("B3SUMS".to_owned(), sums.collect::<String>().into_bytes()));
        let mut out = Vec::new();
        for (name, bytes) in &self.0 {
            let mut block = [0; 512];
            let size = format!("{:011o}\0", bytes.len());
            let fields: [(usize, &str); 9] = [
                (0, name),
                (100, "0000600\0"),
                (108, "0000000\0"),
                (116, "0000000\0"),
                (124, &size),
                (136, "00000000000\0"),
                (148, "        "),
                (156, "0"),
                (257, "ustar\x0000"),
            ];
            for (at, text) in fields {
                block[at..at + text.len()].copy_from_slice(text.as_bytes());
            }
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            out.extend_from_slice(&block);
            out.extend_from_slice(bytes);
            out.resize(out.len().div_ceil(512) * 512, 0);
        }
        out.resize(out.len() + 1024, 0);
        std::fs::write(file, out).unwrap();
    }
}

#[test]
fn a_bundle_that_lies_is_refused_and_nothing_of_it_is_kept() {
    let (here, there) = (place(), there());
    let (run, _) = begun(&here, "flow.yaml");
    here.wfmcp(["runs", "export", &run, "--move", "--out", "b.tar"]).ok();
    let sound = here.path("b.tar");
    let head = "wfmcp-run.json";
    let journal = format!("runs/{run}/");
    let long = "x".repeat(300_000);
    let cases: [(&str, &str, &str, &str); 13] = [
        (head, "\"bundle\": 1", "\"bundle\": 2", "update wfmcp"),
        (head, "\"bundle\": 1", "\"bundle\": 1, \"more\": 1", "more"),
        (head, "\"name\": \"bytes", "\"name\": \"../bytes", "a plain file name"),
        (head, &format!("\"run\": \"{run}\""), "\"run\": \"../../r-1\"", "an id of letters"),
        (head, &format!("\"run\": \"{run}\""), &format!("\"run\": \"{long}\""), "an id of letters"),
        (head, "\"team\": \"blue\"", "\"team\": \"red\"", "the labels"),
        (head, "\"events\": ", "\"events\": 9", "the number of its events"),
        (head, "\"form\": \"moved\"", "\"form\": \"copy\"", "a form that fits"),
        (head, "\"status\": \"moved\"", "\"status\": \"failed\"", "a form that fits"),
        (&journal, "\"seq\":1", "\"seq\":1,\"seq\":1", "duplicate field"),
        (&journal, "\"seq\":1", "\"seq\": 1", "in other words"),
        (&journal, "\"format\":2", "\"format\":3", "newer"),
        (&journal, "\"seed\":", "\"seed\":1", "the link of its content"),
    ];
    for (member, from, to, told) in cases {
        let mut members = Members::of(&sound);
        members.change(member, from, to);
        members.write(&there.path("bad.tar"));
        let refused = there.wfmcp(["runs", "import", "bad.tar", "--dir", "."]);
        assert!(matches!(refused.code, Some(3 | 74)), "{from}: {refused}");
        refused.stderr_has(told);
    }
    let mut members = Members::of(&sound);
    members.0.push(("../evil".to_owned(), b"evil".to_vec()));
    members.write(&there.path("bad.tar"));
    there.wfmcp(["runs", "import", "bad.tar", "--dir", "."]).code(3).stderr_has("../evil");
    let mut members = Members::of(&sound);
    let twice = (members.0[1].0.clone(), members.0[1].1.clone());
    members.0.insert(1, twice);
    members.write(&there.path("bad.tar"));
    there.wfmcp(["runs", "import", "bad.tar", "--dir", "."]).code(3).stderr_has("plans/");
    assert!(there.wfmcp(["runs", "list", "--json"]).ok().json()["items"].as_array().unwrap().is_empty());
    assert!(!there.home().join("data/projects/default/artifacts").exists(), "nothing is kept");
    // The same members put together again are the bundle.
    Members::of(&sound).write(&there.path("good.tar"));
    assert_eq!(std::fs::read(&sound).unwrap(), std::fs::read(there.path("good.tar")).unwrap());
}

/// What is not made from events: who carries a run, and the numbers of rows.
const FREE: [&str; 4] = ["runs.id", "runs.owner", "entries.id", "actions.rowid"];

fn database(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("data/projects/default/journal.db")
}

/// What a cell might be instead.
fn others(cell: &Cell) -> Vec<Cell> {
    let flipped = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let step = (bytes.len() / 12).max(1);
        let places = (0..bytes.len()).step_by(step).chain(bytes.len().checked_sub(1));
        places
            .map(|at| {
                let mut other = bytes.to_vec();
                other[at] ^= 1;
                other
            })
            .collect()
    };
    match cell {
        Cell::Null => vec![Cell::Integer(1), Cell::Text("x".to_owned())],
        Cell::Integer(number) => vec![Cell::Integer(number + 1), Cell::Integer(-1 - number)],
        Cell::Real(number) => vec![Cell::Real(number + 1.0)],
        Cell::Text(text) => flipped(text.as_bytes())
            .into_iter()
            .map(|bytes| Cell::Text(String::from_utf8(bytes).unwrap()))
            .collect(),
        Cell::Blob(bytes) => flipped(bytes).into_iter().map(Cell::Blob).collect(),
    }
}

#[test]
fn no_column_of_a_run_can_be_another() {
    let here = place();
    begun(&here, "ask.yaml");
    assert_eq!(verified(&here)["status"], "ok");
    let database = Connection::open(database(&here)).unwrap();
    for table in ["runs", "entries", "actions", "plans"] {
        let columns: Vec<String> = database
            .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let ids: Vec<i64> = database
            .prepare(&format!("SELECT rowid FROM {table}"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (column, id) in columns.iter().flat_map(|column| ids.iter().map(move |id| (column, *id))) {
            if FREE.contains(&format!("{table}.{column}").as_str()) {
                continue;
            }
            let look = format!("SELECT {column} FROM {table} WHERE rowid = ?1");
            let cell: Cell = database.query_row(&look, [id], |row| row.get(0)).unwrap();
            let write = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
            for other in others(&cell) {
                // A type that the column can't hold is refused by the database itself.
                if database.execute(&write, (&other, id)).is_err() {
                    continue;
                }
                let run = here.wfmcp(["runs", "verify", "--all"]);
                run.code(1).stdout_has("expected");
                database.execute(&write, (&cell, id)).unwrap();
            }
        }
    }
    assert_eq!(verified(&here)["status"], "ok");
}

#[test]
fn no_byte_of_an_artifact_can_be_another() {
    let here = place();
    let (run, _) = begun(&here, "flow.yaml");
    let folder = here.home().join("data/projects/default/artifacts").join(&run);
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let sound = std::fs::read(&path).unwrap();
        for at in [0, sound.len() / 2, sound.len() - 1] {
            let mut bad = sound.clone();
            bad[at] ^= 4;
            std::fs::write(&path, bad).unwrap();
            here.wfmcp(["runs", "verify", &run]).code(1).stdout_has(path.to_str().unwrap());
            here.wfmcp(["runs", "export", &run, "--move", "--out", "b.tar"]).code(74);
        }
        std::fs::write(&path, sound).unwrap();
        count += 1;
    }
    assert_eq!(count, 2);
}
