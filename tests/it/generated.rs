//! Man pages and completions are made by the program, committed, and compared here; `UPDATE=1 cargo test` writes them
//! anew.

use super::harness::Sandbox;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Files = BTreeMap<String, String>;

#[test]
fn the_man_pages_are_what_the_program_says() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["man", "--write", "pages"]).ok();
    let pages = read(&sandbox.path("pages"));
    assert!(pages.contains_key("wfmcp.1") && pages.contains_key("wfmcp-run.1"), "{:?}", pages.keys());
    compare("man", &pages);
}

#[test]
fn the_completions_are_what_the_program_says() {
    let sandbox = Sandbox::new();
    let scripts = [("bash", "wfmcp.bash"), ("zsh", "_wfmcp"), ("fish", "wfmcp.fish")];
    let printed = scripts.map(|(shell, file)| {
        let script = sandbox.wfmcp(["completions", shell]).ok().stdout_has("wfmcp").stdout;
        (file.to_owned(), script)
    });
    compare("completions", &Files::from(printed));
}

#[test]
fn the_tools_are_what_the_registry_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/tools.json");
    let made = wfmcp::faces::mcp::described();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == made,
        "schemas/tools.json is stale: run `UPDATE=1 cargo test`, read the difference, and run it again"
    );
}

fn compare(folder: &str, made: &Files) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if std::env::var_os("UPDATE").is_some() {
        if path.exists() {
            std::fs::remove_dir_all(&path).unwrap();
        }
        std::fs::create_dir(&path).unwrap();
        for (name, text) in made {
            std::fs::write(path.join(name), text).unwrap();
        }
    }
    let committed = read(&path);
    let names = committed.keys().chain(made.keys());
    let stale: BTreeSet<&String> = names.filter(|name| committed.get(*name) != made.get(*name)).collect();
    assert!(
        stale.is_empty(),
        "{folder}/ is stale in {stale:?}: run `UPDATE=1 cargo test` and read the difference"
    );
}

fn read(folder: &Path) -> Files {
    let Ok(entries) = std::fs::read_dir(folder) else { return Files::new() };
    let files = entries.map(|entry| entry.unwrap());
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}
