//! What is told of a workflow before it runs: pictures, words, and the commands it comes to. `tests/before` holds the
//! documents and beside each what is printed; `UPDATE=1 cargo test` writes that anew.

use crate::harness::Sandbox;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/before")
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            sandbox.file(name, &std::fs::read_to_string(&path).unwrap());
        }
    }
    sandbox
}

#[track_caller]
fn golden(sandbox: &Sandbox, name: &str, line: &str) {
    let printed = sandbox.wfmcp(line.split(' ')).ok().stdout;
    let work = sandbox.path("").display().to_string();
    let printed = printed.replace(work.trim_end_matches('/'), "/work");
    let file = folder().join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &printed).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(printed, expected, "{name}: run `UPDATE=1 cargo test`, read the difference");
}

#[test]
fn pictures_for_a_terminal() {
    let sandbox = sandbox();
    for name in ["sequence", "diamond", "nested", "hostile", "pattern"] {
        golden(&sandbox, &format!("{name}.terminal.out"), &format!("workflows graph {name}.yaml --width 90"));
    }
    golden(&sandbox, "diamond.narrow.out", "workflows graph diamond.yaml --width 50");
}

#[test]
fn pictures_for_other_programs() {
    let sandbox = sandbox();
    for name in ["sequence", "nested", "hostile", "pattern"] {
        golden(
            &sandbox,
            &format!("{name}.mermaid.out"),
            &format!("workflows graph {name}.yaml --format mermaid"),
        );
        golden(&sandbox, &format!("{name}.dot.out"), &format!("workflows graph {name}.yaml --format dot"));
    }
    golden(&sandbox, "diamond.svg", "workflows graph diamond.yaml --format svg");
}

#[test]
fn words_for_people() {
    let sandbox = sandbox();
    for line in ["sequence.yaml --input version=1.2", "nested.yaml", "pattern.yaml", "diamond.yaml"] {
        let name = line.split('.').next().unwrap();
        golden(&sandbox, &format!("{name}.explain.out"), &format!("workflows explain {line}"));
    }
}

#[test]
fn the_commands_of_a_run_that_is_not_started() {
    let sandbox = sandbox();
    golden(&sandbox, "sequence.preview.out", "run sequence.yaml --dry-run --input version=1'2 --label a=b");
    golden(&sandbox, "nested.preview.out", "run nested.yaml --dry-run --input hosts=x --input hosts=y;z");
    assert_eq!(sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"], json!([]));
    assert_eq!(sandbox.wfmcp(["inbox", "--json"]).ok().json()["items"], json!([]));
}

/// What a shell gets is what was shown, where all of it was known.
#[test]
fn a_script_is_shown_as_it_will_be() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "say.yaml",
        "name: say\ninputs: { what: { type: string }, list: { type: array } }\n\
         steps: [{ id: a, shell: \"printf '<%s>' {{ inputs.what }} {{ inputs.list }}\" }]\noutputs: { said: '{{ steps.a.result }}' }\n",
    );
    let given = ["--input", "what=it's $HOME `x`", "--input", "list:=[\"a b\", \"*\"]", "--json"];
    let preview = sandbox.wfmcp(["run", "say.yaml", "--dry-run"].iter().chain(&given)).ok().json();
    let script = preview["steps"][0]["text"].as_str().unwrap();
    let really = sandbox.wfmcp(["run", "say.yaml"].iter().chain(&given)).ok().json();
    assert_eq!(sandbox.sh(script).ok().stdout, really["result"]["said"].as_str().unwrap());
}

#[test]
fn mistakes_are_those_of_a_run() {
    let sandbox = sandbox();
    for wrong in [
        vec!["sequence.yaml"],
        vec!["sequence.yaml", "--input", "version=1", "--input", "colour=red"],
        vec!["sequence.yaml", "--input", "version=1", "--input", "hosts:=3"],
        vec!["pattern.yaml"],
        vec!["nowhere"],
        vec!["nested.yaml", "--in", "no-such-folder"],
        vec!["nested.yaml", "--label", "nonsense"],
        vec!["nested.yaml", "--work-item", "w-none"],
    ] {
        let run = sandbox.wfmcp([&["run"], wrong.as_slice()].concat());
        let dry = sandbox.wfmcp([&["run", "--dry-run"], wrong.as_slice()].concat());
        assert_eq!((dry.code, dry.stdout, dry.stderr), (run.code, run.stdout, run.stderr), "{wrong:?}");
        assert_ne!(run.code, Some(0), "{wrong:?}");
    }
    sandbox.wfmcp(["run", "nested.yaml", "--dry-run", "--detach"]).code(2);
}

#[test]
fn documents_with_errors_and_unknown_names_are_told() {
    let sandbox = sandbox();
    sandbox.file("bad.yaml", "name: bad\nsteps:\n  - id: a\n    shel: echo\n");
    sandbox.wfmcp(["workflows", "create", "diamond.yaml"]).ok();
    for command in ["graph", "explain", "preview"] {
        sandbox.wfmcp(["workflows", command, "bad.yaml"]).code(3).stderr_has("did you mean `shell`?");
        sandbox.wfmcp(["workflows", command, "diamnd"]).code(5).stderr_has("did you mean `diamond`?");
    }
    sandbox
        .wfmcp(["workflows", "explain", "sequence.yaml", "--input", "hosts:=3"])
        .code(3)
        .stderr_has("/hosts");
    sandbox
        .wfmcp(["workflows", "explain", "sequence.yaml", "--input", "x=3"])
        .code(3)
        .stderr_has("no such input");
    sandbox.wfmcp(["workflows", "graph", "diamond.yaml", "--width", "3"]).code(3).stderr_has("width");
}

#[test]
fn a_picture_is_written_to_a_file_by_its_ending() {
    let sandbox = sandbox();
    for (file, begins) in
        [("a.svg", "<svg "), ("a.dot", "digraph "), ("a.mmd", "flowchart "), ("a.txt", "hos")]
    {
        sandbox.wfmcp(["workflows", "graph", "hostile.yaml", "--out", file]).ok();
        assert!(sandbox.read(file).starts_with(begins), "{file}");
    }
    is_well_formed(&sandbox.read("a.svg"));
    sandbox.wfmcp(["workflows", "graph", "hostile.yaml", "--out", "no/such/a.svg"]).code(74);
    sandbox.wfmcp(["workflows", "graph", "hostile.yaml", "--out", "a.png"]).code(3).stderr_has(".svg");
    let told = sandbox.wfmcp(["workflows", "graph", "diamond.yaml", "--json"]).ok().json();
    assert_eq!(told["format"], "mermaid");
}

/// Every tag is closed in its turn, and no text has a bare `<` or `&`.
#[track_caller]
fn is_well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in xml.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        assert!(!text.contains('>') || text.contains('{'), "{part}");
        for entity in text.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let name = entity.split_once(';').expect("an entity ends").0;
            assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "&{name};");
        }
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(["svg", "title", "style", "rect", "text", "g", "path"].contains(&name), "<{name}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_terminal_has_colour_and_no_colour_has_none() {
    let sandbox = sandbox();
    let shown = |command: crate::harness::Invocation<'_>| command.terminal().wait().stdout;
    let colored = shown(sandbox.command(["workflows", "graph", "diamond.yaml"]).without_env("NO_COLOR"));
    let plain = shown(sandbox.command(["workflows", "graph", "diamond.yaml"]).env("NO_COLOR", "1"));
    assert!(plain.contains("┌") && !plain.contains("\u{1b}[36m"), "{plain}");
    assert!(colored.contains('┌'), "{colored}");
    let ascii = sandbox.command(["workflows", "graph", "diamond.yaml"]).env("LC_ALL", "C").run().ok().stdout;
    assert!(ascii.is_ascii() && ascii.contains("+----"), "{ascii}");
}

/// What a run does about its failure, and in the end, it never takes back.
#[test]
fn nothing_is_promised_to_be_taken_back_that_is_not() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "ship.yaml",
        "name: ship\nsteps: [{ id: send, shell: send it, undo: { shell: call it back } }]\n",
    );
    sandbox.file(
        "all.yaml",
        "name: all\nchecks: { calm: { shell: is it calm } }\nsteps: [{ id: go, workflow: ship, enforcement: [calm] }]\n\
         on_failure: [{ id: tell, enforcement: [calm], shell: tell them, undo: { shell: say no } }]\n\
         finally: [{ id: clean, steps: [{ id: wipe, shell: wipe it, undo: { shell: soil it } }] }]\n",
    );
    let told = sandbox.wfmcp(["workflows", "explain", "all.yaml", "--json"]).ok().json();
    let commands: Vec<&str> = told["touches"]["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["step"].as_str().unwrap())
        .collect();
    let ordered = ["@failure/tell", "@finally/clean/wipe", "check calm", "go/send", "go/@undo/send"];
    assert_eq!(commands, ordered);
    assert_eq!(told["touches"]["checks"][0]["step"], "go, @failure/tell");
    assert!(!told["steps"].to_string().contains("taken back"), "{told}");
    let preview = sandbox.wfmcp(["run", "all.yaml", "--dry-run", "--json"]).ok().json();
    let steps: Vec<&str> =
        preview["steps"].as_array().unwrap().iter().map(|it| it["step"].as_str().unwrap()).collect();
    assert_eq!(
        steps,
        ["go", "go/send", "go/@undo/send", "@failure/tell", "@finally/clean", "@finally/clean/wipe"]
    );
}

/// A link stays one, a file keeps its permissions, and what is no file is written to.
#[test]
fn what_is_written_goes_where_somebody_said() {
    let sandbox = sandbox();
    for (name, text) in
        [("real/picture.svg", "old"), ("real/bad.yaml", "name: bad\nsteps: [{ shel: echo }]\n")]
    {
        let (real, link) = (sandbox.path(name), sandbox.path(name.rsplit('/').next().unwrap()));
        sandbox.file(name, text);
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
    }
    sandbox.wfmcp(["workflows", "graph", "diamond.yaml", "--out", "picture.svg"]).ok();
    sandbox.wfmcp(["validate", "--fix", "bad.yaml"]).ok();
    assert!(sandbox.read("real/picture.svg").starts_with("<svg "));
    assert!(sandbox.read("real/bad.yaml").contains("shell: echo"));
    for name in ["picture.svg", "bad.yaml"] {
        assert!(sandbox.path(name).is_symlink(), "{name}");
        assert_eq!(sandbox.path(name).metadata().unwrap().permissions().mode() & 0o777, 0o640, "{name}");
    }
    std::os::unix::fs::symlink("later.svg", sandbox.path("dangling.svg")).unwrap();
    sandbox.wfmcp(["workflows", "graph", "diamond.yaml", "--out", "dangling.svg"]).ok();
    assert!(sandbox.path("dangling.svg").is_symlink() && sandbox.read("later.svg").contains("<svg"));
    let line = ["workflows", "graph", "diamond.yaml", "--format", "svg", "--out", "/dev/stdout"];
    sandbox.wfmcp(line).ok().stdout_has("<svg ");
    assert_eq!(std::fs::read_dir(sandbox.path("real")).unwrap().count(), 2, "nothing is left beside them");
}

#[test]
fn a_terminal_does_not_obey_an_error() {
    let told = Sandbox::new().wfmcp(["workflows", "explain", "a\u{1b}]0;x\u{7}\u{202e}b"]).stderr;
    assert!(told.contains("a\u{fffd}]0;x\u{fffd}\u{fffd}b"), "{told:?}");
}
