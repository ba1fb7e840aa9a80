//! `wfmcp install`: each host is told what it wants to know, where it looks for it, and nothing else of its is touched.

use crate::harness::{LATEST_SESSION, Sandbox, Server};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Each host, the file of a user below the home, the file of a folder, and where in it servers are.
const HOSTS: [(&str, &str, Option<&str>, &str); 5] = [
    ("claude-desktop", ".config/Claude/claude_desktop_config.json", None, "mcpServers"),
    ("claude-code", ".claude.json", Some(".mcp.json"), "mcpServers"),
    ("cursor", ".cursor/mcp.json", Some(".cursor/mcp.json"), "mcpServers"),
    ("vscode", ".config/Code/User/mcp.json", Some(".vscode/mcp.json"), "servers"),
    ("codex", ".codex/config.toml", Some(".codex/config.toml"), "mcp_servers"),
];

fn home(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().parent().unwrap().to_owned()
}

/// What a file says of our server; TOML is read as far as we write it.
fn entry(text: &str, servers: &str) -> Value {
    if servers == "mcp_servers" {
        let field = |name: &str| -> Value {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} = ")));
            serde_json::from_str(line.unwrap_or("null")).unwrap()
        };
        assert!(text.contains("[mcp_servers.wfmcp]\n"), "{text}");
        return json!({ "command": field("command"), "args": field("args") });
    }
    serde_json::from_str::<Value>(text).unwrap()[servers]["wfmcp"].clone()
}

#[test]
fn each_host_is_told_what_belongs_where() {
    let sandbox = Sandbox::new();
    for (host, file, _, servers) in HOSTS {
        let file = home(&sandbox).join(file);
        let printed = sandbox.wfmcp(["install", host]).ok();
        assert!(!file.exists(), "{host}: nothing is written unasked");
        let told = entry(&printed.stdout, servers);
        assert_eq!(told["args"], json!(["serve", "--stdio"]), "{host}");
        assert!(PathBuf::from(told["command"].as_str().unwrap()).is_absolute(), "{host}");
        printed.stderr_has(&file.display().to_string()).stderr_has("--write");

        let json = sandbox.wfmcp(["install", host, "--json"]).ok().json();
        assert_eq!((&json["host"], &json["file"]), (&json!(host), &json!(file)));
        assert_eq!((&json["written"], &json["backup"]), (&json!(false), &Value::Null));
        assert_eq!(entry(json["snippet"].as_str().unwrap(), servers), told);
    }
    let code = sandbox.wfmcp(["install", "claude-code", "--json"]).ok().json()["command"].clone();
    assert!(
        code.as_str().unwrap().starts_with("claude mcp add --scope user wfmcp --env WFMCP_HOME="),
        "{code}"
    );
}

#[test]
fn it_is_written_once_beside_what_is_there_and_the_host_can_start_it() {
    let sandbox = Sandbox::new();
    for (host, file, _, servers) in HOSTS {
        let file = home(&sandbox).join(file);
        let first = sandbox.wfmcp(["install", host, "--write", "--json"]).ok().json();
        assert_eq!((&first["written"], &first["backup"]), (&json!(true), &Value::Null), "{host}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, first["snippet"].as_str().unwrap(), "{host}: a new file has the snippet alone");
        let again = sandbox.wfmcp(["install", host, "--write"]).ok();
        again.stdout_has("nothing was changed");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);

        let more = sandbox
            .wfmcp([
                "install",
                host,
                "--write",
                "--json",
                "--read-only",
                "--toolsets",
                "workflows,files",
                "--root",
                ".",
                "--project",
                "default",
            ])
            .ok()
            .json();
        let backup = PathBuf::from(more["backup"].as_str().unwrap());
        assert!(backup.file_name().unwrap().to_str().unwrap().contains(".bak-20"), "{}", backup.display());
        assert_eq!(std::fs::read_to_string(&backup).unwrap(), text, "{host}");
        let told = entry(&std::fs::read_to_string(&file).unwrap(), servers);
        let arguments: Vec<&str> =
            told["args"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let root = sandbox.path("").canonicalize().unwrap();
        let expected = [
            "serve",
            "--stdio",
            "--project",
            "default",
            "--toolsets",
            "workflows,files",
            "--read-only",
            "--root",
        ];
        assert_eq!(arguments, [&expected[..], &[root.to_str().unwrap()]].concat(), "{host}");
        let mut server =
            Server::spawn(&sandbox.command(arguments)).initialized(LATEST_SESSION, host, json!({}));
        let tools = server.result("tools/list", json!({})).to_string();
        assert!(tools.contains("read_file") && !tools.contains("write_file"));
        server.close().ok();
    }
}

#[test]
fn a_folder_can_have_its_own_where_the_host_knows_that() {
    let sandbox = Sandbox::new();
    for (host, _, file, servers) in HOSTS {
        let Some(file) = file else {
            sandbox.wfmcp(["install", host, "--here"]).code(2).stderr_has("leave --here out");
            continue;
        };
        let written = sandbox.wfmcp(["install", host, "--here", "--write", "--json"]).ok().json();
        assert_eq!(PathBuf::from(written["file"].as_str().unwrap()), sandbox.path(file));
        assert!(entry(&sandbox.read(file), servers)["command"].is_string(), "{host}");
    }
    assert!(home(&sandbox).read_dir().unwrap().all(|entry| entry.unwrap().file_name() == "wfmcp"));
}

#[test]
fn what_else_is_in_a_file_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let json = "{\n\t\"theme\":  \"dark\",\n\t\"mcpServers\": {\n\t\t\"other\": { \"command\": \"x\" }\n\t},\n\t\"last\": 1e3\n}";
    let cursor = home(&sandbox).join(".cursor/mcp.json");
    std::fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    std::fs::write(&cursor, json).unwrap();
    std::fs::set_permissions(&cursor, std::fs::Permissions::from_mode(0o600)).unwrap();
    let done = sandbox.wfmcp(["install", "cursor", "--write", "--json"]).ok().json();
    let after = std::fs::read_to_string(&cursor).unwrap();
    let (before, behind) = json.split_once(" }\n\t},").unwrap();
    assert!(
        after.starts_with(&format!("{before} }},\n\t\t\"wfmcp\": {{\n\t\t\t\"type\": \"stdio\",\n")),
        "{after}"
    );
    assert!(after.ends_with(&format!("\n\t\t}}\n\t}},{behind}")), "{after}");
    let mode = |path: &str| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(cursor.to_str().unwrap()), 0o600, "whoever could not read it still can't");
    assert_eq!(mode(done["backup"].as_str().unwrap()), 0o600);

    let toml = "# mine\nmodel = 'o'  # why\n[mcp_servers.other]\ncommand = 'x'";
    let codex = home(&sandbox).join(".codex/config.toml");
    let real = home(&sandbox).join("dotfiles.toml");
    std::fs::create_dir_all(codex.parent().unwrap()).unwrap();
    std::fs::write(&real, toml).unwrap();
    std::os::unix::fs::symlink(&real, &codex).unwrap();
    sandbox.wfmcp(["install", "codex", "--write", "--name", "flows"]).ok().stdout_has("dotfiles.toml.bak-");
    let after = std::fs::read_to_string(&codex).unwrap();
    assert!(after.starts_with(&format!("{toml}\n\n[mcp_servers.flows]\ncommand = ")), "{after}");
    assert!(codex.is_symlink());
}

#[test]
fn a_file_that_cannot_be_understood_is_left_alone() {
    let sandbox = Sandbox::new();
    for (file, host, text, told) in [
        (".mcp.json", "claude-code", "{ \"mcpServers\": { }", "is no valid JSON"),
        (".mcp.json", "claude-code", "{ // mine\n}", "is no valid JSON"),
        (".mcp.json", "claude-code", "{ \"mcpServers\": [] }", "can't be changed without rewriting it"),
        (".vscode/mcp.json", "vscode", "{ \"servers\": {} /* }", "is no valid JSON"),
        (".codex/config.toml", "codex", "model = \n", "is no valid TOML"),
        (
            ".codex/config.toml",
            "codex",
            "mcp_servers = { a = { command = 'x' } }\n",
            "can't be changed without rewriting it",
        ),
    ] {
        sandbox.file(file, text);
        sandbox
            .wfmcp(["install", host, "--here", "--write"])
            .stderr_has(told)
            .stderr_has("nothing was changed");
        let error = sandbox.wfmcp(["install", host, "--here", "--write", "--json"]);
        assert!(error.json()["error"]["hints"].is_array(), "{error}");
        assert_eq!(sandbox.read(file), text);
        let folder = sandbox.path(file).parent().unwrap().to_owned();
        let left: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("bak")), "{left:?}");
    }
    std::fs::write(sandbox.path(".mcp.json"), [0xff]).unwrap();
    sandbox.wfmcp(["install", "claude-code", "--here", "--write"]).code(3).stderr_has("is no text");
    sandbox.file(".cursor/mcp.json/x", "");
    sandbox.wfmcp(["install", "cursor", "--here", "--write"]).code(74).stderr_has("without --write");
}

#[test]
fn an_empty_file_is_as_good_as_none_and_comments_stay() {
    let sandbox = Sandbox::new();
    sandbox.file(".mcp.json", "\n");
    sandbox.wfmcp(["install", "claude-code", "--here", "--write"]).ok();
    assert!(entry(&sandbox.read(".mcp.json"), "mcpServers")["command"].is_string());
    sandbox.file(
        ".vscode/mcp.json",
        "{\n  // ours\n  \"servers\": {\n    \"a\": { \"url\": \"http://x//y\" },\n  }\n}\n",
    );
    sandbox.wfmcp(["install", "vscode", "--here", "--write"]).ok();
    let text = sandbox.read(".vscode/mcp.json");
    assert!(text.contains("// ours\n") && text.contains("\"http://x//y\" },\n    \"wfmcp\": {"), "{text}");
    sandbox.wfmcp(["install", "vscode", "--here", "--write"]).ok().stdout_has("nothing was changed");
}

#[test]
fn what_would_fail_only_when_the_host_starts_it_is_refused_now() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["install", "emacs"]).code(2).stderr_has("claude-desktop");
    sandbox.wfmcp(["install"]).code(2);
    sandbox.wfmcp(["install", "codex", "--name", "a b"]).code(3).stderr_has("letters, digits");
    sandbox
        .wfmcp(["install", "codex", "--toolsets", "workflow"])
        .code(5)
        .stderr_has("did you mean `workflows`?");
    sandbox.wfmcp(["install", "codex", "--root", "nowhere"]).code(5).stderr_has("nowhere");
    let moved = |name: &str, file: &str| {
        let there = sandbox.path("there");
        let json = sandbox
            .command(["install", if name == "CODEX_HOME" { "codex" } else { "claude-code" }, "--json"])
            .env(name, there.clone())
            .run()
            .ok()
            .json();
        assert_eq!(json["file"], there.join(file).display().to_string());
    };
    moved("CODEX_HOME", "config.toml");
    moved("CLAUDE_CONFIG_DIR", ".claude.json");
    let without = sandbox.command(["install", "codex", "--json"]).without_env("WFMCP_HOME").run().ok().json();
    assert!(!without["snippet"].as_str().unwrap().contains("WFMCP_HOME"), "{without}");
}
