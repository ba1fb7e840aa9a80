//! The shipped examples: each is without findings, and each is run to its end with the answers that a team would give.

use crate::harness::{Run, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How one example goes.
struct Example {
    file: &'static str,
    /// A shell script that makes what it works on.
    before: &'static str,
    inputs: &'static [&'static str],
    /// What is handed in for a step, each time it asks.
    answers: &'static [(&'static str, &'static [&'static str])],
    exit_code: i32,
    /// JSON of what must be among the outputs, or of the error's step and kind.
    expected: &'static str,
    /// A shell script that fails where the example did not leave what it should.
    after: &'static str,
}

const NOTHING: Example =
    Example { file: "", before: "", inputs: &[], answers: &[], exit_code: 0, expected: "{}", after: "" };

const REPOSITORY: &str = "
git init -q -b main . && git config user.email a@example.org && git config user.name Ada
echo one > README.md && git add README.md && git commit -qm 'Begin'
git checkout -qb topic && echo two >> README.md && git commit -qam 'Say more'";

const TARGETS: &str = "
mkdir -p build one/releases/old two/releases/old && echo new > build/version && ln -s releases/old one/current";

const NOTES: &[&str] = &["--result", r#"{"title": "It's one", "body": "The first that others can use."}"#];
const APPROVE: &[&str] = &["--approve", "--as", "grace"];
const REMEDY: &[&str] = &["--result", r#"{"cause": "the disk is full", "remedy": "remove the old logs"}"#];
const MENDED: &[&str] = &["--result", r#"{"done": "12 GiB are free"}"#];
const REPORT: &[&str] =
    &["--result", r#"{"text": "The disk was full because nobody rotated the logs; now they rotate."}"#];

const EXAMPLES: &[Example] = &[
    Example {
        file: "hello.yaml",
        inputs: &["names=Ada", "names='; rm -rf ~ #"],
        expected: "{}",
        after: "test \"$(wc -l < hello.txt)\" -eq 2 && grep -F \"'; rm -rf ~ #!\" hello.txt",
        ..NOTHING
    },
    Example {
        file: "release.yaml",
        before: REPOSITORY,
        inputs: &["version=1.0.0", "dry_run=true", "test=test -f README.md"],
        answers: &[("notes", NOTES), ("approve", APPROVE)],
        expected: r#"{"tag": "v1.0.0", "title": "It's one", "published": false}"#,
        after: "test -z \"$(git tag)\"",
        ..NOTHING
    },
    Example {
        file: "release.yaml",
        before: "git init -q --bare remote.git && mkdir repository && cd repository && git init -q -b main . &&
            git config user.email a@example.org && git config user.name Ada && git commit -q --allow-empty -m 'Begin' &&
            git remote add mirror ../remote.git && cd .. && cp -r repository/.git . && rm -r repository &&
            git remote set-url mirror \"$PWD/remote.git\"",
        inputs: &["version=1.0.0", "remotes=mirror"],
        answers: &[("notes", NOTES), ("approve", APPROVE)],
        expected: r#"{"tag": "v1.0.0", "published": true}"#,
        after: "git --git-dir=remote.git show v1.0.0 | grep \"It's one\"",
        ..NOTHING
    },
    Example {
        file: "review.yaml",
        before: REPOSITORY,
        answers: &[
            (
                "review",
                &[
                    "--result",
                    r#"{"verdict": "mend", "findings": [{"file": "README.md", "severity": "blocker", "message": "Says too little."}]}"#,
                ],
            ),
            ("decide", APPROVE),
        ],
        expected: r#"{"verdict": "mend", "blockers": 1}"#,
        ..NOTHING
    },
    Example {
        file: "deploy-with-undo.yaml",
        before: TARGETS,
        inputs: &["build=build", "release=new", "targets=one", "targets=two", "smoke=grep -q new version"],
        expected: r#"{"release": "new", "targets": 2}"#,
        after: "grep new one/current/version two/current/version && ! test -e deploy-failed.txt",
        ..NOTHING
    },
    Example {
        file: "deploy-with-undo.yaml",
        before: TARGETS,
        inputs: &["build=build", "release=new", "targets=one", "targets=two", "smoke=false"],
        exit_code: 1,
        expected: r#"{"kind": "exit_code"}"#,
        after: "grep 'exit code 1' deploy-failed.txt && grep 'one releases/new' deploy-report.txt && wfmcp runs cancel @last &&
            test \"$(readlink one/current)\" = releases/old && ! test -e two/current && ! test -e one/releases/new",
        ..NOTHING
    },
    Example {
        file: "incident.yaml",
        inputs: &["service=mail", "symptom=slow since 10:00", "probe=echo load 42; false"],
        answers: &[
            ("judge", &["--result", r#"{"severity": "major", "told": ["grace"]}"#]),
            ("diagnose", REMEDY),
            ("mend", MENDED),
            ("write_up", REPORT),
            ("write_up", APPROVE),
        ],
        expected: r#"{"severity": "major", "cause": "the disk is full"}"#,
        ..NOTHING
    },
    Example {
        file: "incident.yaml",
        inputs: &["service=mail", "symptom=slow"],
        answers: &[
            ("diagnose", REMEDY),
            ("judge", &["--result", r#"{"severity": "minor", "told": []}"#]),
            ("mend", MENDED),
        ],
        expected: r#"{"severity": "minor", "report": null}"#,
        ..NOTHING
    },
    Example {
        file: "watch-until-ready.yaml",
        inputs: &["probe=test -f seen || ! touch seen", "then=echo it is up"],
        expected: r#"{"ready": true, "said": "it is up\n"}"#,
        ..NOTHING
    },
    Example {
        file: "nightly-report.yaml",
        before: REPOSITORY,
        inputs: &["full_at=0"],
        answers: &[("tell", &["--result", r#"{"ok": true}"#])],
        expected: r#"{"commits": 2, "posted": true}"#,
        ..NOTHING
    },
    Example {
        file: "onboarding-checklist.yaml",
        before: REPOSITORY,
        inputs: &["person=Edsger"],
        answers: &[
            ("access", &["--result", "done"]),
            ("checkout", &["--result", "done"]),
            ("tour", &["--result", r#"{"questions": ["Who decides?"]}"#]),
            ("desk", &["--result", "ordered"]),
            ("first_change", &["--result", "merged"]),
            ("first_change", APPROVE),
        ],
        expected: r#"{"person": "Edsger", "questions": ["Who decides?"]}"#,
        ..NOTHING
    },
    Example {
        file: "backup.yaml",
        before: "mkdir -p photos letters backups && touch photos/a photos/b letters/c &&
            touch -d '2001-01-01' backups/photos-old.tar.gz",
        inputs: &["folders=photos", "folders=letters", "keep=1"],
        expected: r#"{"files": 3}"#,
        after: "test \"$(ls backups | wc -l)\" -eq 2 && ! test -e backups/photos-old.tar.gz",
        ..NOTHING
    },
    Example {
        file: "backup-folder.yaml",
        before: "mkdir 'my photos' && touch 'my photos/a b'",
        inputs: &["folder=my photos"],
        expected: r#"{"files": 1}"#,
        ..NOTHING
    },
];

#[test]
fn each_is_without_findings() {
    let sandbox = Sandbox::new();
    let folder = folder();
    sandbox.wfmcp(["validate", "--deny", "warnings", folder.to_str().unwrap()]).ok();
}

#[test]
fn each_is_run_by_a_test() {
    let yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yaml");
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| yaml(path))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let run: BTreeSet<String> = EXAMPLES.iter().map(|example| example.file.to_owned()).collect();
    assert_eq!(files, run);
}

#[test]
fn each_reaches_its_end() {
    for example in EXAMPLES {
        let sandbox = Sandbox::new();
        sandbox.sh(example.before).ok();
        let end = play(example, &sandbox);
        assert_eq!(end.code, Some(example.exit_code), "{}\n{end}", example.file);
        let report = end.json();
        let (part, name) =
            if example.exit_code == 0 { ("result", "outputs") } else { ("error", "the error") };
        let expected: Value = serde_json::from_str(example.expected).unwrap();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&report[part][key], value, "{}: `{key}` of {name}\n{end}", example.file);
        }
        sandbox.sh(example.after).ok();
    }
}

#[test]
fn a_review_must_name_files_of_the_diff() {
    let sandbox = Sandbox::new();
    sandbox.sh(REPOSITORY).ok();
    let file = folder().join("review.yaml");
    let run = sandbox.wfmcp(["run", file.to_str().unwrap(), "--json"]).code(4).json();
    let finding = json!({ "file": "main.rs", "severity": "note", "message": "Nobody wrote this." });
    let result = json!({ "verdict": "merge", "findings": [finding] }).to_string();
    sandbox
        .wfmcp(["submit", run["action"]["action_id"].as_str().unwrap(), "--result", &result])
        .code(3)
        .stderr_has("main.rs is not in the diff");
}

/// Start it, and answer whatever it asks, until it asks no more.
fn play(example: &Example, sandbox: &Sandbox) -> Run {
    let file = folder().join(example.file);
    let mut arguments = vec!["run".to_owned(), file.display().to_string(), "--json".to_owned()];
    for input in example.inputs {
        arguments.extend(["--input".to_owned(), (*input).to_owned()]);
    }
    let start = |arguments: Vec<String>| sandbox.command(arguments).env("GITHUB_TOKEN", "none").run();
    let mut run = start(arguments);
    for (step, answer) in example.answers {
        assert_eq!(run.code, Some(4), "{} should wait at `{step}`\n{run}", example.file);
        let report = run.json();
        let actions = report["actions"].as_array().unwrap();
        let action = actions
            .iter()
            .find(|action| action["step_id"] == *step)
            .unwrap_or_else(|| panic!("{} does not ask for `{step}`\n{run}", example.file));
        let id = action["action_id"].as_str().unwrap().to_owned();
        let mut arguments = vec!["submit".to_owned(), id, "--json".to_owned()];
        arguments.extend(answer.iter().map(|word| (*word).to_owned()));
        run = start(arguments);
    }
    run
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows")
}
