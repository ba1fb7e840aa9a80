//! Man pages and completions are committed; `UPDATE=1 cargo test` writes them anew.

use crate::harness::Sandbox;
use std::collections::BTreeMap;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder holds exactly these files, or is made to.
fn same(folder: &str, expected: &BTreeMap<String, String>) {
    let folder = root().join(folder);
    if std::env::var_os("UPDATE").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in expected {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let committed: BTreeMap<String, String> = files
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(expected), "run `UPDATE=1 cargo test` for {}", folder.display());
    for (name, text) in expected {
        assert!(committed[name] == *text, "{name} is out of date: run `UPDATE=1 cargo test`");
    }
}

#[test]
fn the_manual_is_up_to_date() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["man", "--write", "pages"]).ok();
    let pages = std::fs::read_dir(sandbox.path("pages")).unwrap().map(|entry| entry.unwrap().file_name());
    let pages = pages.map(|name| name.to_string_lossy().into_owned());
    same("man", &pages.map(|name| (name.clone(), sandbox.read(&format!("pages/{name}")))).collect());
}

#[test]
fn the_completions_are_up_to_date() {
    let sandbox = Sandbox::new();
    let script = |shell: &str| sandbox.wfmcp(["completions", shell]).ok().stdout;
    let files = [("wfmcp.bash", "bash"), ("_wfmcp", "zsh"), ("wfmcp.fish", "fish")];
    same("completions", &files.into_iter().map(|(name, shell)| (name.to_owned(), script(shell))).collect());
}

#[test]
fn a_shell_completes_commands_options_and_names() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "greet.yaml",
        "name: greet\nsteps:\n  - id: ask\n    prompt: Who?\n    result: { type: string }\n",
    );
    let run =
        sandbox.wfmcp(["run", "greet.yaml", "--json"]).code(4).json()["run_id"].as_str().unwrap().to_owned();
    sandbox.wfmcp(["projects", "create", "website"]).ok();
    let complete = |line: &[&str]| {
        let mut arguments = vec!["--", "wfmcp"];
        arguments.extend(line);
        let index = (arguments.len() - 2).to_string();
        let asked = sandbox.command(arguments).env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index);
        asked.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_IFS", "\n").run().ok().stdout
    };
    assert!(complete(&["va"]).contains("validate"));
    assert!(complete(&["runs", "show", ""]).contains(&run));
    assert!(complete(&["status", "r-"]).contains(&run));
    assert!(complete(&["projects", "use", "web"]).contains("website"));
    assert!(complete(&["run", "gr"]).contains("greet.yaml"));
    assert!(complete(&["run", "--de"]).contains("--detach"));
}
