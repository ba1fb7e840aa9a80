//! The README is true, and the map names real places. The README's blocks are taken in order, in one sandbox that holds `workflows/`:
//!
//! - a block whose fence names a file (`yaml notes.yaml`) becomes that file; a workflow must be without findings, but in
//!   a block that says `broken`;
//! - `console` is a session: a line that starts with `$ ` is typed, one with `> ` continues it, the lines below are what
//!   must be printed. `...` stands for any text within a line, and alone on a line for any lines;
//! - other blocks are for reading only.

use crate::harness::Sandbox;
use std::fmt::Write;
use std::path::Path;

const COMMAND: &str = "\u{1e}";

#[test]
fn the_readme_is_true() {
    let sandbox = Sandbox::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("workflows"), &sandbox.path("workflows"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let blocks = blocks(&text);
    let mut sessions = 0;
    for block in &blocks {
        let words: Vec<&str> = block.info.split(' ').collect();
        match words[..] {
            ["console"] => {
                sessions += 1;
                session(&sandbox, block);
            }
            [_, file] => drop(sandbox.file(file, &block.text)),
            [_, file, "broken"] => {
                sandbox.file(file, &block.text);
                sandbox.wfmcp(["validate", file]).code(3);
            }
            _ => {}
        }
        if let ["yaml", file] = words[..] {
            sandbox.wfmcp(["validate", "--deny", "warnings", file]).ok();
        }
    }
    assert!(sessions > 0, "the README shows no session");
}

/// The workflow that the README opens with is the one that is shipped.
#[test]
fn it_opens_with_a_shipped_workflow_of_twenty_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let first = blocks(&text).into_iter().find(|block| block.info.starts_with("yaml")).unwrap();
    let shipped = std::fs::read_to_string(root.join("workflows/hello.yaml")).unwrap();
    let (_, shipped) = shipped.split_once('\n').unwrap();
    assert_eq!(first.text, shipped);
    assert!(shipped.lines().count() <= 20);
}

/// The files and folders that `ARCHITECTURE.md` sends its reader to are there.
#[test]
fn the_map_names_real_places() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let prose: String = text.split("```").step_by(2).collect();
    let places = prose.split('`').skip(1).step_by(2).filter(|place| {
        let inner = place.trim_end_matches('/');
        inner.contains('/') && !inner.contains(['{', '*', ' ', '('])
    });
    let lost: Vec<&str> =
        places.filter(|place| !root.join(place).exists() && !root.join("src").join(place).exists()).collect();
    assert!(lost.is_empty(), "ARCHITECTURE.md names what is not there: {lost:?}");
    assert!(text.lines().count() <= 250);
}

struct Block {
    line: usize,
    info: String,
    text: String,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in markdown.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { line: number + 1, info: info.to_owned(), text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Type every command of a block into one shell, and compare what each prints.
fn session(sandbox: &Sandbox, block: &Block) {
    let mut commands: Vec<(String, Vec<&str>)> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), commands.last_mut()) {
            (Some(command), ..) => commands.push((command.to_owned(), Vec::new())),
            (_, Some(more), Some((command, expected))) if expected.is_empty() => {
                command.push('\n');
                command.push_str(more);
            }
            (.., Some((_, expected))) => expected.push(line),
            (.., None) => panic!("README.md:{}: a session starts with `$ `", block.line),
        }
    }
    let mut script = "set +eu\nlast=0\n".to_owned();
    for (command, _) in &commands {
        write!(script, "printf '{COMMAND}'\n(exit $last)\n{command}\nlast=$?\n").unwrap();
    }
    let run = sandbox.shell(&format!("{{ {script} }} 2>&1")).env("USER", "ada").run();
    let printed: Vec<&str> = run.stdout.split(COMMAND).skip(1).collect();
    assert_eq!(printed.len(), commands.len(), "README.md:{}\n{run}", block.line);
    for ((command, expected), printed) in commands.iter().zip(printed) {
        let lines: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
        let line = block.line;
        assert!(
            matches(expected, &lines),
            "README.md:{line}: $ {command}\n-- printed\n{printed}\n-- expected\n{}",
            expected.join("\n")
        );
    }
}

fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected {
        [] => printed.is_empty(),
        ["...", rest @ ..] => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        [first, rest @ ..] => {
            printed.first().is_some_and(|line| matches_line(first, line)) && matches(rest, &printed[1..])
        }
    }
}

fn matches_line(expected: &str, printed: &str) -> bool {
    let mut parts = expected.trim_end().split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
