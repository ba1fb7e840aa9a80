//! `wfmcp files` at a terminal: the same operations, the same rule, and what a person sees of them.

use crate::harness::{Sandbox, Server};
use serde_json::json;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("notes/today.txt", "one\ntwo\n");
    sandbox.file("secret", "not for you");
    sandbox.wfmcp(["config", "set", "files.roots", "notes"]).ok();
    sandbox
}

#[test]
fn a_person_lists_reads_writes_and_searches() {
    let sandbox = sandbox();
    assert_eq!(sandbox.wfmcp(["files", "read", "notes/today.txt"]).ok().stdout, "one\ntwo\n");
    let part = sandbox.wfmcp(["files", "read", "notes/today.txt", "--from-line", "1", "--to-line", "1"]).ok();
    assert_eq!(part.stdout, "one\n");
    part.stderr_has("there is more: go on at offset 4 of 8");
    let long = "größer\n".repeat(20_000);
    sandbox.file("long.md", &long);
    let read = sandbox.command(["files", "read", "long.md"]).env("WFMCP_FILES_ROOTS", ".").run().ok();
    assert!(read.stdout == long && read.stderr.is_empty(), "{} bytes of {}", read.stdout.len(), long.len());
    sandbox.sh("echo three | wfmcp files write notes/today.txt --mode append").ok().stdout_has("14 B");
    sandbox.wfmcp(["files", "write", "notes/copy.txt", "@notes/today.txt"]).ok().stdout_has("is new");
    assert_eq!(sandbox.read("notes/copy.txt"), "one\ntwo\nthree\n");
    sandbox.file("notes/red\x1b[31m", "");
    let listed = sandbox.wfmcp(["files", "list", "notes"]).ok();
    assert!(!listed.stdout.contains('\x1b'), "a name is no command to a terminal: {listed}");
    sandbox.wfmcp(["files", "list"]).ok().stdout_has("copy.txt").stdout_has("14 B");
    let found = sandbox.wfmcp(["files", "search", "TWO", "--ignore-case", "--glob", "*.txt"]).ok();
    assert!(
        found.stdout.starts_with("notes/copy.txt:2:1: two\nnotes/today.txt:2:1: two\n2 matches in 2 files\n")
    );
    std::fs::write(sandbox.path("notes/b.png"), [0xff, 0xfe]).unwrap();
    let mut person = sandbox.command(["files", "read", "notes/b.png"]).terminal();
    person.expect("is no text: image/png, 2 B");
    sandbox.wfmcp(["files", "info"]).ok().stdout_has("roots");
    assert_eq!(sandbox.wfmcp(["files", "echo", "hello"]).ok().stdout, "hello\n");
}

#[test]
fn the_rule_is_the_same_for_a_person() {
    let sandbox = sandbox();
    sandbox
        .wfmcp(["files", "read", "secret"])
        .code(8)
        .stderr_has("allowed are: ")
        .stderr_has("config set files.roots");
    sandbox.wfmcp(["files", "write", "x", "y"]).code(8);
    sandbox.wfmcp(["files", "read", "notes/none"]).code(5);
    sandbox.wfmcp(["files", "search"]).code(2);
    sandbox.command(["files", "read", "secret"]).env("WFMCP_FILES_ROOTS", ".").run().ok();
    let none = Sandbox::new();
    none.wfmcp(["files", "list"]).code(8).stderr_has("no folder is allowed");
}

#[test]
fn a_command_is_allowed_first_and_its_failure_is_an_exit_code() {
    let sandbox = sandbox();
    sandbox.wfmcp(["files", "execute", "echo hi"]).code(8).stderr_has("wfmcp config set files.commands true");
    sandbox.wfmcp(["config", "set", "files.commands", "true"]).ok();
    assert_eq!(sandbox.wfmcp(["files", "execute", "echo hi"]).ok().stdout, "hi\n");
    sandbox.wfmcp(["files", "execute", "echo oh >&2; exit 3"]).code(1).stdout_has("oh\nexit code 3 after ");
    sandbox
        .wfmcp(["files", "execute", "sleep 9", "--timeout-seconds", "1"])
        .code(1)
        .stdout_has("took too long");
}

/// Otherwise whoever wrote a folder could have an agent read everything, as soon as somebody works in it.
#[test]
fn a_project_does_not_permit_itself_anything() {
    let sandbox = sandbox();
    for (key, value) in [("files.roots", "/"), ("files.commands", "true")] {
        let set = sandbox.wfmcp(["config", "set", key, value, "--here"]).code(8);
        set.stderr_has(&format!("wfmcp config set {key} {value}"));
    }
    sandbox.file(".wfmcp/config.yaml", "files: { roots: /, commands: true }\n");
    let told = sandbox.wfmcp(["files", "list"]).code(3);
    told.stderr_has("can't be set by a project's file").stderr_has("config.yaml:1:");
}

#[test]
fn both_faces_answer_the_same() {
    let sandbox = sandbox();
    let mut server = Server::session(&sandbox, &["--toolsets", "files"]);
    for (arguments, tool, input) in [
        (
            &["read", "notes/today.txt", "--offset", "2"][..],
            "read_file",
            json!({ "path": "notes/today.txt", "offset": 2 }),
        ),
        (&["list", "notes"], "list_directory", json!({ "path": "notes" })),
        (&["search", "o", "--glob", "*.txt"], "search_files", json!({ "pattern": "o", "glob": "*.txt" })),
        (&["info"], "system_info", json!({})),
        (&["echo", "x"], "echo", json!({ "text": "x" })),
    ] {
        let typed = sandbox.wfmcp([&["files"], arguments, &["--json"]].concat()).ok().json();
        assert_eq!(typed, server.call(tool, input), "{tool}");
    }
    server.close().ok();
}

#[test]
fn whatever_is_long_comes_whole_and_what_is_no_text_byte_by_byte() {
    let sandbox = sandbox();
    sandbox.sh("yes '\\0377' | head -c 70000 | tr '0' '\\000' > notes/blob").ok();
    sandbox.sh("wfmcp files read notes/blob > copy && cmp notes/blob copy").ok();
    sandbox.file("count.yaml", "name: count\nsteps: [{ id: count, shell: seq 60000 }]\n");
    sandbox.wfmcp(["run", "count.yaml"]).ok();
    let artifacts = sandbox.wfmcp(["runs", "artifacts", "@last", "--json"]).json();
    let artifact = &artifacts["artifacts"][0];
    let whole = sandbox.wfmcp(["runs", "artifact", "@last", artifact["name"].as_str().unwrap()]).ok();
    assert!(
        whole.stdout.contains("\\n60000") && !whole.stdout.contains("there is more"),
        "{}",
        whole.stdout.len()
    );
}
