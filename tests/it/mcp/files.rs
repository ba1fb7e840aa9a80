//! The toolset `files`, as an agent has it: what is offered, what is inside the roots and what is not, and commands.

use crate::harness::{Sandbox, Server, wait_until};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::time::Instant;

const COMMANDS: &[&str] = &["--toolsets", "files", "--root", "notes", "--allow-commands"];

/// `notes/` is allowed, `secret` beside it is not.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("notes/today.txt", "one\ntwo\nthree\n");
    sandbox.file("secret", "not for you");
    symlink("../secret", sandbox.path("notes/leak")).unwrap();
    symlink("/", sandbox.path("notes/everything")).unwrap();
    sandbox
}

fn server(sandbox: &Sandbox) -> Server {
    Server::session(sandbox, &["--toolsets", "files", "--root", "notes"])
}

fn offered(sandbox: &Sandbox, arguments: &[&str]) -> BTreeMap<String, Value> {
    let mut server = Server::session(sandbox, arguments);
    let listed = server.result("tools/list", json!({}));
    server.close().ok();
    let tools = listed["tools"].as_array().unwrap().iter();
    tools.map(|tool| (tool["name"].as_str().unwrap().to_owned(), tool["annotations"].clone())).collect()
}

#[test]
fn they_are_offered_to_whoever_asks_for_them_and_commands_only_where_they_are_allowed() {
    let sandbox = sandbox();
    assert!(!offered(&sandbox, &[]).contains_key("read_file"));
    assert!(offered(&sandbox, &["--tools", "read_file"]).contains_key("read_file"));
    let reading = ["echo", "list_directory", "read_file", "search_files", "system_info"];
    let read_only = offered(&sandbox, &["--toolsets", "files", "--read-only", "--allow-commands"]);
    assert_eq!(read_only.keys().collect::<Vec<_>>(), reading);
    assert!(read_only.values().all(|hints| hints["readOnlyHint"] == true));

    let usual = offered(&sandbox, &["--toolsets", "files"]);
    assert!(usual.contains_key("write_file") && !usual.contains_key("execute_command"));
    assert_eq!(
        (&usual["write_file"]["readOnlyHint"], &usual["write_file"]["destructiveHint"]),
        (&json!(false), &json!(false))
    );
    let all = offered(&sandbox, COMMANDS);
    assert_eq!(
        (&all["execute_command"]["destructiveHint"], &all["execute_command"]["openWorldHint"]),
        (&json!(true), &json!(true))
    );
    let mut server = server(&sandbox);
    let refused = server
        .request("tools/call", json!({ "name": "execute_command", "arguments": { "command": "true" } }));
    assert!(refused["error"]["message"].as_str().unwrap().contains("--allow-commands"), "{refused}");
    server.close().ok();
}

#[test]
fn without_a_root_nothing_is_allowed_and_the_answer_says_how_to_allow_it() {
    let sandbox = sandbox();
    let mut server = Server::session(&sandbox, &["--toolsets", "files"]);
    for (tool, arguments) in [
        ("read_file", json!({ "path": "notes/today.txt" })),
        ("write_file", json!({ "path": "x", "content": "" })),
        ("list_directory", json!({})),
        ("search_files", json!({ "pattern": "x" })),
    ] {
        let error = server.fails(tool, arguments);
        assert_eq!(error["kind"], "not_permitted", "{error}");
        assert!(error["hints"].to_string().contains("wfmcp config set files.roots"), "{error}");
    }
    assert_eq!(server.call("system_info", json!({}))["roots"], json!([]));
    assert_eq!(server.call("echo", json!({ "message": "hé" }))["text"], "hé");
    server.close().ok();
}

#[test]
fn hostile_paths_reach_nothing() {
    let sandbox = sandbox();
    let mut server = server(&sandbox);
    let absolute = sandbox.path("secret").display().to_string();
    let long = format!("notes/{}", "x".repeat(5_000));
    let up = format!("notes/{}etc/passwd", "../".repeat(40));
    for (path, kind) in [
        ("secret", "not_permitted"),
        ("notes/../secret", "not_permitted"),
        ("notes/leak", "not_permitted"),
        ("notes/everything/etc/passwd", "not_permitted"),
        ("notes/everything/etc/no-such-file", "not_permitted"),
        (absolute.as_str(), "not_permitted"),
        (up.as_str(), "not_permitted"),
        ("/proc/self/environ", "not_permitted"),
        ("/dev/zero", "not_permitted"),
        ("", "not_permitted"),
        ("notes/a\0b", "invalid_input"),
        (long.as_str(), "invalid_input"),
        ("notes/none", "not_found"),
        ("notes/today.txt/x", "invalid_input"),
    ] {
        for (tool, arguments) in [
            ("read_file", json!({ "path": path })),
            ("list_directory", json!({ "path": path })),
            ("search_files", json!({ "path": path, "pattern": "" })),
            ("write_file", json!({ "path": path, "content": "", "mode": "overwrite", "folders": true })),
        ] {
            if tool == "write_file" && kind == "not_found" {
                continue;
            }
            let error = server.fails(tool, arguments);
            assert_eq!(error["kind"], kind, "{tool} {path:?}: {error}");
            assert!(!error.to_string().contains("not for you"), "{error}");
        }
    }
    assert_eq!(sandbox.read("secret"), "not for you");
    server.close().ok();
}

#[test]
fn a_file_is_read_in_parts_that_fit_together() {
    let sandbox = sandbox();
    let text = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\n".repeat(500);
    sandbox.file("notes/long.md", &text);
    let mut server = server(&sandbox);
    let (mut read, mut offset) = (String::new(), 0);
    loop {
        let part =
            server.call("read_file", json!({ "path": "notes/long.md", "offset": offset, "length": 1001 }));
        assert_eq!((&part["encoding"], &part["mime_type"]), (&json!("text"), &json!("text/markdown")));
        read.push_str(part["content"].as_str().unwrap());
        if part["has_more"] == false {
            break;
        }
        offset = part["next_offset"].as_u64().unwrap();
    }
    assert!(read == text, "{} bytes of {}", read.len(), text.len());

    let lines =
        |from: Value, to: Value| json!({ "path": "notes/today.txt", "from_line": from, "to_line": to });
    let two = server.call("read_file", lines(json!(2), json!(2)));
    assert_eq!(
        (&two["content"], &two["offset"], &two["has_more"]),
        (&json!("two\n"), &json!(4), &json!(true))
    );
    assert_eq!(server.call("read_file", lines(json!(2), Value::Null))["content"], "two\nthree\n");
    assert_eq!(server.call("read_file", lines(json!(9), Value::Null))["content"], "");
    assert_eq!(server.fails("read_file", lines(json!(3), json!(2)))["kind"], "invalid_input");
    assert_eq!(server.fails("read_file", lines(json!(0), json!(2)))["kind"], "invalid_input");
    let beyond = server.fails("read_file", json!({ "path": "notes/today.txt", "offset": 99 }));
    assert!(beyond["message"].as_str().unwrap().contains("has 14 bytes"), "{beyond}");
    let never = server.fails("read_file", json!({ "path": "notes/today.txt", "offset": u64::MAX }));
    assert_eq!(never["kind"], "invalid_input", "{never}");
    server.close().ok();
}

#[test]
fn what_is_no_text_comes_and_goes_as_base64() {
    let sandbox = sandbox();
    let bytes: Vec<u8> = (0..=255).collect();
    std::fs::write(sandbox.path("notes/all.png"), &bytes).unwrap();
    let mut server = server(&sandbox);
    let read = server.call("read_file", json!({ "path": "notes/all.png" }));
    assert_eq!((&read["encoding"], &read["mime_type"]), (&json!("base64"), &json!("image/png")));
    let copy = json!({ "path": "notes/copy.png", "content": read["content"], "encoding": "base64" });
    assert_eq!(server.call("write_file", copy)["bytes_written"], 256);
    assert_eq!(std::fs::read(sandbox.path("notes/copy.png")).unwrap(), bytes);
    let wrong =
        server.fails("write_file", json!({ "path": "notes/x", "content": "no!", "encoding": "base64" }));
    assert_eq!(wrong["kind"], "invalid_input");
    server.close().ok();
}

#[test]
fn a_file_larger_than_any_memory_is_read_in_part() {
    let sandbox = sandbox();
    let size = 1 << 40;
    File::create(sandbox.path("notes/huge")).unwrap().set_len(size).unwrap();
    let mut server = server(&sandbox);
    let begin = server.call("read_file", json!({ "path": "notes/huge", "length": 4 }));
    assert_eq!((&begin["bytes"], &begin["next_offset"]), (&json!(size), &json!(4)));
    let end = server.call("read_file", json!({ "path": "notes/huge", "offset": size - 2 }));
    assert_eq!((&end["content"], &end["has_more"]), (&json!("AAA="), &json!(false)));
    assert_eq!(end["encoding"], "base64", "zero bytes are no text");
    assert_eq!(server.fails("read_file", json!({ "path": "notes/huge", "from_line": 2 }))["kind"], "limit");
    let searched = server.call("search_files", json!({ "pattern": "x", "path": "notes" }));
    assert_eq!(searched["skipped"], 1, "{searched}");
    let most = server.call("read_file", json!({ "path": "notes/huge", "length": u64::MAX }));
    assert_eq!(most["next_offset"], 32 * 1024);
    server.close().ok();
}

#[test]
fn a_file_is_written_as_it_is_said() {
    let sandbox = sandbox();
    let mut server = server(&sandbox);
    let write = |path: &str, mode: &str| json!({ "path": path, "content": "new", "mode": mode });
    assert_eq!(server.fails("write_file", write("notes/today.txt", "create"))["kind"], "conflict");
    assert_eq!(sandbox.read("notes/today.txt"), "one\ntwo\nthree\n");
    let added = server.call("write_file", write("notes/today.txt", "append"));
    assert_eq!(
        (&added["bytes_written"], &added["bytes"], &added["created"]),
        (&json!(3), &json!(17), &json!(false))
    );
    server.call("write_file", write("notes/today.txt", "overwrite"));
    assert_eq!(sandbox.read("notes/today.txt"), "new");
    assert_eq!(server.fails("write_file", write("notes/a/b", "create"))["kind"], "not_found");
    let made = server.call("write_file", json!({ "path": "notes/a/b", "content": "", "folders": true }));
    assert_eq!(
        (&made["path"], &made["bytes"], &made["created"]),
        (&json!("notes/a/b"), &json!(0), &json!(true))
    );
    server.close().ok();
    let audit = sandbox.wfmcp(["audit", "--operation", "write_file", "--json"]).ok().json();
    assert_eq!(
        (&audit["items"][0]["target"], &audit["items"][0]["face"]),
        (&json!("notes/a/b"), &json!("mcp"))
    );
}

#[test]
fn what_is_written_is_told_in_the_clients_log_and_nobody_is_asked() {
    let sandbox = sandbox();
    let mut server = server(&sandbox).answering(|method, _| panic!("the client was asked {method}"));
    server.result("logging/setLevel", json!({ "level": "info" }));
    server.call("write_file", json!({ "path": "notes/new", "content": "" }));
    assert_eq!(server.note("notifications/message")["data"]["tool"], "write_file");
    server.close().ok();
}

#[test]
fn a_folder_is_listed_page_by_page() {
    let sandbox = sandbox();
    for number in 0..120 {
        sandbox.file(&format!("notes/many/{number:03}"), "x");
    }
    sandbox.file("notes/many/.hidden", "");
    let mut server = server(&sandbox);
    let (mut names, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = server.call("list_directory", json!({ "path": "notes/many", "cursor": cursor }));
        names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].clone()));
        cursor = page["cursor"].clone();
        if page["has_more"] == false {
            break;
        }
    }
    let expected: Vec<Value> = (0..120).map(|number| json!(format!("{number:03}"))).collect();
    assert_eq!(names, expected);
    let hidden = server.call("list_directory", json!({ "path": "notes/many", "hidden": true, "limit": 1 }));
    assert_eq!(hidden["items"][0]["name"], ".hidden");
    // Where relative paths start is no root here, so the root is what is meant.
    let root = server.call("list_directory", json!({}));
    let kinds: Vec<(&str, &str)> = root["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["name"].as_str().unwrap(), item["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(kinds, [("everything", "link"), ("leak", "link"), ("many", "folder"), ("today.txt", "file")]);
    server.close().ok();
}

#[test]
fn a_search_finds_names_and_lines_and_says_what_it_left_out() {
    let sandbox = sandbox();
    sandbox.file("notes/.gitignore", "build/\n");
    sandbox.file("notes/build/out.rs", "fn hidden() {}\n");
    sandbox.file("notes/src/main.rs", "fn main() {\r\n    größe(); // fn\r\n}\r\n");
    sandbox.file("notes/src/deep/lib.rs", "pub fn f() {}\n");
    sandbox.file("notes/long.txt", &format!("{}needle{}\n", "a".repeat(5_000), "b".repeat(5_000)));
    std::fs::write(sandbox.path("notes/binary"), b"fn\0fn").unwrap();
    let mut server = server(&sandbox);
    let mut search = |arguments: Value| server.call("search_files", arguments);
    let paths = |found: &Value| -> Vec<String> {
        let matches = found["matches"].as_array().unwrap().iter();
        matches.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    };
    let by_name = search(json!({ "glob": "*.rs" }));
    assert_eq!(paths(&by_name), ["notes/src/deep/lib.rs", "notes/src/main.rs"]);
    assert_eq!(paths(&search(json!({ "glob": "src/*.rs" }))), ["notes/src/main.rs"]);
    assert_eq!(paths(&search(json!({ "glob": "*.rs", "all": true }))).len(), 3);
    let lines = search(json!({ "pattern": "fn", "path": "notes" }));
    assert_eq!(paths(&lines), ["notes/src/deep/lib.rs", "notes/src/main.rs", "notes/src/main.rs"]);
    let last = &lines["matches"][2];
    assert_eq!(
        (&last["line"], &last["column"], &last["text"]),
        (&json!(2), &json!(17), &json!("    größe(); // fn"))
    );
    assert_eq!(lines["skipped"], 1, "the binary one");
    assert_eq!(search(json!({ "pattern": "^}$", "regex": true }))["matches"][0]["line"], 3);
    assert_eq!(search(json!({ "pattern": "(", "glob": "main.rs" }))["matches"].as_array().unwrap().len(), 2);
    assert_eq!(search(json!({ "pattern": "MAIN", "ignore_case": true }))["matches"][0]["column"], 4);
    assert_eq!(search(json!({ "pattern": "not for you" }))["matches"], json!([]), "links are not followed");
    let long = search(json!({ "pattern": "needle" }));
    let text = long["matches"][0]["text"].as_str().unwrap();
    assert!(text.contains("needle") && text.chars().count() < 310 && text.starts_with('…'), "{text}");
    for wrong in [json!({ "pattern": "(", "regex": true }), json!({ "glob": "[" }), json!({})] {
        assert_eq!(server.fails("search_files", wrong)["kind"], "invalid_input");
    }
    let costly = json!({ "pattern": "((a{1000}){1000}){1000}", "regex": true });
    assert_eq!(server.fails("search_files", costly)["kind"], "invalid_input");
    server.close().ok();
}

#[test]
fn a_hundred_thousand_matches_are_not_all_told() {
    let sandbox = sandbox();
    sandbox.file("notes/many.txt", &"match\n".repeat(100_000));
    let mut server = server(&sandbox);
    let found = server.call("search_files", json!({ "pattern": "match" }));
    assert_eq!((found["matches"].as_array().unwrap().len(), &found["has_more"]), (100, &json!(true)));
    let most = server.call("search_files", json!({ "pattern": "match", "limit": 1_000_000 }));
    assert_eq!(most["matches"].as_array().unwrap().len(), 1_000);
    server.close().ok();
}

#[test]
fn a_command_tells_what_it_printed_and_how_it_ended() {
    let sandbox = sandbox();
    let mut server = Server::session(&sandbox, COMMANDS);
    let mut run =
        |command: &str| server.call("execute_command", json!({ "command": command, "dir": "notes" }));
    let done = run("pwd; echo oh >&2; cat; echo \"[$WFMCP_RUN_ID]\"; exit 3");
    let notes = sandbox.path("notes").canonicalize().unwrap();
    assert_eq!(done["stdout"], format!("{}\n[]\n", notes.display()));
    assert_eq!((&done["stderr"], &done["exit_code"]), (&json!("oh\n"), &json!(3)));
    assert_eq!(run("kill -9 $$")["exit_code"], 137);
    assert_eq!(run("printf '\\377'")["stdout"], "\u{fffd}");
    for (dir, kind) in
        [(".", "not_permitted"), ("notes/everything", "not_permitted"), ("notes/none", "not_found")]
    {
        let refused = server.fails("execute_command", json!({ "command": "true", "dir": dir }));
        assert_eq!(refused["kind"], kind, "{dir}: {refused}");
    }
    for command in ["x".repeat(70_000), "a\0b".to_owned()] {
        assert_eq!(server.fails("execute_command", json!({ "command": command }))["kind"], "invalid_input");
    }
    server.close().ok();
}

#[test]
fn a_hundred_megabytes_are_counted_and_cut() {
    let sandbox = sandbox();
    let mut server = Server::session(&sandbox, COMMANDS);
    let command = "echo first; yes | head -c 104857600; echo last";
    let done = server.call("execute_command", json!({ "command": command, "output_bytes": 1000 }));
    let (text, bytes) = (done["stdout"].as_str().unwrap(), done["stdout_bytes"].as_u64().unwrap());
    assert_eq!(bytes, 104_857_600 + 11);
    assert_eq!(done["stdout_cut_bytes"], bytes - 1000);
    assert!(text.starts_with("first\ny\n") && text.ends_with("y\nlast\n"), "{text}");
    assert!(text.contains(&format!("{} bytes are left out here", bytes - 1000)), "{text}");
    assert!(text.len() < 1_200);
    server.close().ok();
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_all_it_started() {
    let sandbox = sandbox();
    let mut server = Server::session(&sandbox, COMMANDS);
    let command = "echo begun; trap '' TERM; (setsid sleep 1000 &) ; sleep 2000 & sleep 3000";
    let begin = Instant::now();
    let ended = server.call("execute_command", json!({ "command": command, "timeout": 1 }));
    assert_eq!((&ended["timed_out"], &ended["exit_code"]), (&json!(true), &Value::Null));
    assert_eq!(ended["stdout"], "begun\n");
    assert!(begin.elapsed().as_secs() < 20);
    wait_until(|| !sandbox.processes().iter().any(|line| line.contains("sleep")));
    server.close().ok();
}

#[test]
fn a_command_ends_with_the_server_however_that_ends() {
    let sandbox = sandbox();
    let endings: [fn(Server); 3] = [
        |server| drop(server.close()),
        |mut server| {
            server.signal(Signal::TERM);
            server.wait();
        },
        |mut server| server.kill(),
    ];
    let sleeps = || sandbox.processes().iter().any(|line| line.contains("sleep 1234"));
    for end in endings {
        let mut server = Server::session(&sandbox, COMMANDS);
        let command = json!({ "command": "sleep 1234" });
        server.begin("tools/call", json!({ "name": "execute_command", "arguments": command }));
        wait_until(sleeps);
        end(server);
        wait_until(|| !sleeps());
    }
}

#[test]
fn files_are_resources_inside_the_allowed_folders_and_nowhere_else() {
    let sandbox = sandbox();
    std::fs::write(sandbox.path("notes/blob"), [0, 159, 146, 150]).unwrap();
    std::fs::File::create(sandbox.path("notes/huge.log")).unwrap().set_len(2 * 1024 * 1024).unwrap();
    let uri = |path: &str| format!("file://{}", sandbox.path(path).display());
    let mut server = Server::session(&sandbox, &["--root", "notes"]);
    let mut read = |uri: String| server.request("resources/read", json!({ "uri": uri }));

    let text = read(uri("notes/today.txt"))["result"]["contents"][0].take();
    assert_eq!((&text["text"], &text["mimeType"]), (&json!("one\ntwo\nthree\n"), &json!("text/plain")));
    let blob = read(uri("notes/blob"))["result"]["contents"][0].take();
    assert_eq!((&blob["blob"], &blob["mimeType"]), (&json!("AJ+Slg=="), &json!("application/octet-stream")));

    for (path, says) in [
        ("secret", "outside of the folders that are allowed"),
        ("notes/../secret", "outside of the folders that are allowed"),
        ("notes/leak", "outside of the folders that are allowed"),
        ("notes/everything/etc/passwd", "outside of the folders that are allowed"),
        ("notes/%2e%2e/secret", "outside of the folders that are allowed"),
        ("notes", "is a folder"),
        ("notes/huge.log", "is the most that is read as a whole"),
        ("notes/nobody", "nobody"),
    ] {
        let refused = read(uri(path));
        assert!(refused["error"]["message"].as_str().unwrap().contains(says), "{path}: {refused}");
        assert!(!refused.to_string().contains("not for you"), "{path}");
    }
    server.close().ok();

    let mut closed = Server::session(&sandbox, &[]);
    let refused = closed.request("resources/read", json!({ "uri": uri("notes/today.txt") }));
    assert!(refused["error"]["message"].as_str().unwrap().contains("no folder is allowed"), "{refused}");
    let templates = closed.result("resources/templates/list", json!({})).to_string();
    assert!(!templates.contains("file:"), "{templates}");
    closed.close().ok();
}

#[test]
fn a_bundle_goes_into_the_allowed_folders_and_nowhere_else() {
    let sandbox = sandbox();
    sandbox.file("short.yaml", "name: short\nsteps: [{ shell: echo hi }]\n");
    let run = sandbox.wfmcp(["run", "short.yaml", "--json"]).ok().json()["run_id"].take();
    let mut server = Server::session(&sandbox, &["--tools", "export_run,import_run", "--root", "notes"]);
    for (out, says) in [
        ("run.tar", "outside of the folders that are allowed"),
        ("notes/everything/tmp/run.tar", "outside of the folders that are allowed"),
        ("notes/leak", "outside of the folders that are allowed"),
        ("notes/missing/run.tar", "name another file with --out"),
        ("notes/today.txt", "exists already"),
        ("notes", "is a folder"),
    ] {
        let arguments = json!({ "run": run, "out": out });
        let refused = server.result("tools/call", json!({ "name": "export_run", "arguments": arguments }));
        assert!(refused["isError"] == true && refused.to_string().contains(says), "{out}: {refused}");
    }
    server.call("export_run", json!({ "run": run, "out": "notes/run.tar" }));
    let imported = server.call("import_run", json!({ "file": "notes/run.tar" }));
    assert_eq!(imported["outcome"], "already_here");
    assert_eq!(std::fs::read_dir(sandbox.path("notes")).unwrap().count(), 4, "no draft is left");
    server.close().ok();
}

#[test]
fn the_path_of_a_file_completes_and_its_change_is_told() {
    let sandbox = sandbox();
    sandbox.file("notes/deep/a.txt", "a");
    let root = sandbox.path("notes").canonicalize().unwrap().display().to_string();
    let root = root.trim_start_matches('/');
    let mut server = Server::session(&sandbox, &["--root", "notes"]);
    let mut complete = |typed: &str| {
        let reference = json!({ "type": "ref/resource", "uri": "file:///{path}" });
        let asked = json!({ "ref": reference, "argument": { "name": "path", "value": typed } });
        server.result("completion/complete", asked)["completion"]["values"].take()
    };
    assert_eq!(complete(""), json!([format!("{root}/")]));
    assert_eq!(complete(&format!("{root}/t")), json!([format!("{root}/today.txt")]));
    assert_eq!(complete(&format!("{root}/d")), json!([format!("{root}/deep/")]));
    assert_eq!(complete("etc/pass"), json!([]));

    let uri = format!("file:///{root}/today.txt");
    server.result("resources/subscribe", json!({ "uri": uri }));
    sandbox.file("notes/today.txt", "four\n");
    assert_eq!(server.note("notifications/resources/updated")["uri"], json!(uri));
    server.close().ok();
}
