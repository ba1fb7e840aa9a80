//! Documents of other systems and what becomes of them: `tests/convert/SYSTEM/*.yaml`, each with its workflow and its
//! losses in a `.out` beside it (`UPDATE=1 cargo test` rewrites them); what is refused, and why; and conversions that really run.

use crate::harness::Sandbox;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use wfmcp::language::Library;
use wfmcp::language::convert::{Converted, Request, System, convert};
use wfmcp::language::lint::{Knowledge, inspect};
use wfmcp::language::source::Source;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/convert").join(name)
}

fn samples(name: &str) -> Vec<(PathBuf, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap())).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Workflows that are there by name alone.
struct Named(Vec<String>);

impl Library for Named {
    fn workflow(&self, name: &str, _: &str) -> Option<Source> {
        let stem = name.trim_start_matches("./").trim_end_matches(".yaml");
        let known = self.0.iter().any(|known| known == stem);
        known.then(|| Source::new(name, "name: other\nsteps: [{ shell: 'true' }]\n"))
    }

    fn prompt(&self, _: &str, _: &str) -> Option<Source> {
        None
    }
}

/// The document must be one that a run could be started with.
fn assert_valid(converted: &Converted, siblings: &[String]) {
    let source = Source::new("converted.yaml", converted.text.clone());
    let examined = inspect(&source, &Named(siblings.to_vec()), &Knowledge::default());
    let errors: Vec<String> = examined
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| format!("{} {}", source.position(finding.span.start).line, finding.message))
        .collect();
    assert!(errors.is_empty() && examined.plan.is_some(), "{errors:?}\n{}", converted.text);
}

fn told(converted: &Converted) -> String {
    let mut text = String::new();
    let counts = converted.counts;
    writeln!(
        text,
        "{} steps, {} by hand, {} lost, {} changed",
        counts.steps, counts.manual, counts.lost, counts.changed
    )
    .unwrap();
    for loss in &converted.losses {
        writeln!(
            text,
            "{}:{} {} {}: {}: {} -> {}",
            loss.line,
            loss.column,
            loss.extent.name(),
            loss.place,
            loss.what,
            loss.why,
            loss.advice
        )
        .unwrap();
    }
    format!("{}\n{text}", converted.text)
}

fn golden(system: System) {
    let all = samples(system.name());
    let siblings: Vec<String> = all.iter().map(|(path, _)| stem(path)).collect();
    let mut differences = Vec::new();
    for (path, text) in &all {
        let siblings: Vec<String> = siblings.iter().filter(|name| **name != stem(path)).cloned().collect();
        let request = Request { siblings: &siblings, ..Request::default() };
        let source = Source::new(path.file_name().unwrap().to_string_lossy(), text.clone());
        let converted =
            convert(&source, &request).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", path.display()));
        let names: Vec<String> =
            siblings.into_iter().chain(converted.iter().map(|one| one.name.clone())).collect();
        let mut actual = String::new();
        for one in &converted {
            assert_eq!(one.system, system, "{}", path.display());
            assert_valid(one, &names);
            for loss in one.losses.iter().filter(|loss| loss.line > 1) {
                let is_there = one.text.contains(&format!("(line {})", loss.line));
                assert!(
                    is_there,
                    "{}: no comment for line {}: {}\n{}",
                    path.display(),
                    loss.line,
                    loss.what,
                    one.text
                );
            }
            actual.push_str(&told(one));
        }
        let out = path.with_extension("out");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&out, &actual).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&out).unwrap_or_default();
        if expected != actual {
            let diff = similar::TextDiff::from_lines(expected.as_str(), &actual);
            differences.push(format!("{}\n{}", out.display(), diff.unified_diff().context_radius(2)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn aromcp_workflows_become_workflows() {
    golden(System::AroMcp);
}

#[test]
fn github_workflows_become_workflows() {
    golden(System::Github);
}

#[test]
fn goose_recipes_become_workflows() {
    golden(System::Goose);
}

#[test]
fn dagu_dags_become_workflows() {
    golden(System::Dagu);
}

#[test]
fn what_is_something_else_is_told_what_it_is() {
    for (file, expected) in [
        ("compose", "a Docker Compose file"),
        ("kubernetes", "a Kubernetes manifest"),
        ("ansible", "an Ansible playbook"),
        ("own", "a document of wfmcp already"),
        ("both", "a GitHub Actions workflow (it has `jobs` with `runs-on`) or a goose recipe"),
        ("gitlab", "a GitLab or Azure pipeline"),
        ("broken", "no YAML"),
        ("text", "plain text"),
        ("action", "a GitHub action, not a workflow"),
        ("circleci", "a CircleCI configuration"),
    ] {
        let text = std::fs::read_to_string(folder("refused").join(format!("{file}.yaml"))).unwrap();
        let refusal = convert(&Source::new(file, text), &Request::default()).unwrap_err();
        assert!(refusal.message.contains(expected), "{file}: {refusal:?}");
        assert!(!refusal.hints.is_empty() || !refusal.diagnostics.is_empty(), "{file}: {refusal:?}");
    }
}

#[test]
fn what_a_caller_says_it_is_must_be_possible() {
    let source = Source::new("x", "title: t\nprompt: do it\n");
    let request = Request { from: Some(System::Github), ..Request::default() };
    let refusal = convert(&source, &request).unwrap_err();
    assert!(refusal.message.contains("it has no `jobs`"), "{refusal:?}");
    assert!(refusal.hints.join(" ").contains("--from goose"), "{refusal:?}");
    let both = std::fs::read_to_string(folder("refused").join("both.yaml")).unwrap();
    for system in [System::Github, System::Goose] {
        let request = Request { from: Some(system), ..Request::default() };
        assert_valid(&convert(&Source::new("x", both.clone()), &request).unwrap()[0], &[]);
    }
    let jobs = ["b".to_owned()];
    let refusal = convert(&source, &Request { jobs: &jobs, ..Request::default() }).unwrap_err();
    assert!(refusal.message.contains("no jobs"), "{refusal:?}");
}

/// Whatever comes of it, what is handed out is valid, and nothing panics.
fn survives(text: &str) {
    for from in System::ALL.into_iter().map(Some).chain([None]) {
        let request = Request { from, ..Request::default() };
        let all = convert(&Source::new("x", text), &request).unwrap_or_default();
        let names: Vec<String> = all.iter().map(|one| one.name.clone()).collect();
        for one in &all {
            assert_valid(one, &names);
        }
    }
}

#[test]
fn huge_and_deep_documents_are_converted_or_refused() {
    let deep = format!("steps:\n  - command: {}x{}\n", "[".repeat(200), "]".repeat(200));
    survives(&deep);
    let many: String = (0..300).fold("jobs:\n".to_owned(), |mut text, at| {
        writeln!(text, "  job{at}:\n    runs-on: x\n    steps: [{{ run: 'echo ${{{{ github.sha }}}}' }}]")
            .unwrap();
        text
    });
    survives(&many);
    survives(&format!("steps:\n{}", "  - type: conditional\n    condition: '{{ a }}'\n".repeat(200)));
    let mut nested = "steps:\n".to_owned();
    for depth in 0..25 {
        let indent = "  ".repeat(2 * depth + 1);
        write!(
            nested,
            "{indent}- type: conditional\n{indent}  condition: '{{{{ true }}}}'\n{indent}  then_steps:\n"
        )
        .unwrap();
    }
    survives(&nested);
    survives(&format!("title: t\nprompt: '{}'\n", "{{ a }} ".repeat(5000)));
    survives(&format!("on: push\njobs: {{ a: {{ runs-on: x, if: '{}', steps: [] }} }}", "(".repeat(9000)));
}

fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<String> =
        System::ALL.iter().flat_map(|system| samples(system.name())).map(|(_, text)| text).collect();
    let sample = (0..texts.len()).prop_map(move |at| texts[at].clone());
    let piece = prop_oneof![
        Just("{{ x }}".to_owned()),
        Just("${{ a.b }}".to_owned()),
        Just("'".to_owned()),
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("-1".to_owned()),
        Just("\n".to_owned()),
        Just("{% if %}".to_owned()),
        Just("$(".to_owned()),
        Just("ä\u{7f}".to_owned()),
        ".{0,6}",
    ];
    (
        sample,
        proptest::collection::vec((any::<proptest::sample::Index>(), 0..12_usize, piece), 1..5),
        any::<bool>(),
    )
        .prop_map(|(text, edits, cut)| {
            let mut characters: Vec<char> = text.chars().collect();
            for (at, length, piece) in edits {
                let at = at.index(characters.len() + 1).min(characters.len());
                let end = (at + length).min(characters.len());
                characters.splice(at..end, piece.chars());
                if cut && characters.len() > 200 {
                    characters.truncate(at.max(200));
                }
            }
            characters.into_iter().collect()
        })
}

/// Lines of one sample in the place of lines of another: what was a text is a mapping, and the other way round.
fn crossed() -> impl Strategy<Value = String> {
    let texts: Vec<String> =
        System::ALL.iter().flat_map(|system| samples(system.name())).map(|(_, text)| text).collect();
    let count = texts.len();
    (0..count, 0..count, any::<proptest::sample::Index>(), any::<proptest::sample::Index>()).prop_map(
        move |(one, other, from, to)| {
            let value = texts[other]
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(_, value)| value)
                .collect::<Vec<_>>();
            let mut lines: Vec<String> = texts[one].lines().map(str::to_owned).collect();
            let at = to.index(lines.len());
            if let (Some((key, _)), false) = (lines[at].clone().split_once(':'), value.is_empty()) {
                lines[at] = format!("{key}: {}", value[from.index(value.len())]);
            }
            lines.join("\n")
        },
    )
}

proptest! {
    #![proptest_config(Config { cases: std::env::var("CONVERT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32), failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_text_makes_it_panic_or_hand_out_what_is_invalid(text in mutated()) {
        survives(&text);
    }

    #[test]
    fn values_of_other_kinds_do_no_harm(text in crossed()) {
        survives(&text);
    }
}

/// A sandbox with a converted sample.
fn converted(system: &str, name: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let text = std::fs::read_to_string(folder(system).join(format!("{name}.yaml"))).unwrap();
    sandbox.file(&format!("{name}.src.yaml"), &text);
    sandbox
        .wfmcp(["workflows", "import", &format!("{name}.src.yaml"), "--out", &format!("{name}.yaml")])
        .ok();
    sandbox.wfmcp(["validate", &format!("{name}.yaml")]).ok();
    sandbox
}

fn file(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.path(name)).unwrap()
}

#[test]
fn a_converted_github_workflow_does_what_it_did() {
    let sandbox = converted("github", "plain");
    sandbox.wfmcp(["run", "plain.yaml"]).ok();
    assert_eq!(file(&sandbox, "greeting.txt"), "hello\n");
    assert_eq!(file(&sandbox, "report.txt"), "It has 6 bytes.\n");
}

#[test]
fn a_converted_dag_does_what_it_did() {
    let sandbox = converted("dagu", "chain");
    sandbox.wfmcp(["run", "chain.yaml", "--input", "NAME=Ada"]).ok();
    assert_eq!(file(&sandbox, "people.txt"), "Good day, Ada\n");
    assert_eq!(
        file(&sandbox, "told.txt").split_whitespace().collect::<Vec<_>>().join(" "),
        "there are 1 lines in people.txt.done"
    );
}

#[test]
fn a_converted_aromcp_workflow_does_what_it_did() {
    let sandbox = converted("aromcp", "simple");
    sandbox.wfmcp(["run", "simple.yaml", "--input", "who=Ada"]).ok();
    assert_eq!(file(&sandbox, "said.txt"), "hello Ada (6)\n");
}

#[test]
fn outputs_survive_quotes_lines_and_an_early_end() {
    let sandbox = Sandbox::new();
    let text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - id: x\n        run: |\n          echo 'q=say \"hi\" \\ there' >> $GITHUB_OUTPUT\n          \
                echo 'm<<EOF' >> $GITHUB_OUTPUT\n          printf 'one\\ntwo\\n' >> $GITHUB_OUTPUT\n          echo EOF >> $GITHUB_OUTPUT\n          echo noise\n          exit 0\n      \
                - run: printf '%s|%s' \"${{ steps.x.outputs.q }}\" '${{ steps.x.outputs.m }}' > got\n";
    sandbox.file("w.yml", text);
    sandbox.wfmcp(["workflows", "import", "w.yml", "--out", "w.yaml"]).ok();
    sandbox.wfmcp(["run", "w.yaml"]).ok();
    assert_eq!(file(&sandbox, "got"), "say \"hi\" \\ there|one\ntwo");
}

/// What comes of a document that is converted and run.
fn ran(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("w.src.yaml", text);
    sandbox.wfmcp(["workflows", "import", "w.src.yaml", "--out", "w.yaml"]).ok();
    sandbox.wfmcp(["run", "w.yaml"]).ok();
    sandbox
}

#[test]
fn variables_that_steps_hand_on_go_before_those_of_the_job() {
    let sandbox = ran(r"on: push
jobs:
  a:
    runs-on: x
    env: { TOOL: plain, FLAGS: }
    steps:
      - if: github.ref_name == 'main'
        run: echo TOOL=special >> $GITHUB_ENV
      - if: github.ref_name == 'other'
        id: other
        run: |
          echo TOOL=other >> $GITHUB_ENV
          echo x=y >> $GITHUB_OUTPUT
      - run: printf '%s|' $TOOL ${{ env.TOOL }} ${{ env.FLAGS }} ${{ steps.other.outputs.x }} end > got
      - env: { TOOL: own }
        run: echo $TOOL ${{ env.TOOL }} > own
  b:
    needs: a
    if: ${{ !contains(needs.*.result, 'failure') }}
    runs-on: x
    steps: [{ run: echo ${{ needs.a.result }} ${{ needs.a.result == 'success' }} > done }]
");
    assert_eq!(file(&sandbox, "got"), "special|special|end|");
    assert_eq!(file(&sandbox, "own"), "own own\n");
    assert_eq!(file(&sandbox, "done"), "success true\n");
}

#[test]
fn what_a_step_did_not_hand_on_is_empty() {
    let sandbox = ran(r"on: push
env: { FLAGS: base }
jobs:
  a:
    runs-on: x
    steps:
      - id: look
        run: |
          if test -e nothing; then
            echo found=yes >> $GITHUB_OUTPUT
            echo MODE=fast >> $GITHUB_ENV
          fi
          echo looked=yes >> $GITHUB_OUTPUT
      - if: steps.look.outputs.found == 'yes'
        run: echo found > found
      - env: { FLAGS: '${{ env.FLAGS }} more' }
        run: printf '%s|' ${MODE-unset} '${{ steps.look.outputs.found }}' ${{ steps.look.outputs.looked }} $FLAGS > got
");
    assert_eq!(file(&sandbox, "got"), "unset||yes|base|more|");
    assert!(!sandbox.path("found").exists());
}

#[test]
fn what_follows_on_a_skipped_step_is_skipped() {
    let sandbox = ran(r#"steps:
  - name: never
    command: touch never
    preconditions: [{ condition: "test -e nothing" }]
  - command: touch after
  - name: lenient
    depends: []
    command: touch lenient
    preconditions: [{ condition: "test -e nothing" }]
    continueOn: { skipped: true }
  - command: touch goes-on
"#);
    let there = ["never", "after", "lenient", "goes-on"].map(|name| sandbox.path(name).exists());
    assert_eq!(there, [false, false, false, true]);
}

#[test]
fn rounds_of_a_dag_end_when_they_did() {
    let sandbox = ran(r#"steps:
  - name: count
    command: echo x >> rounds; wc -l < rounds | tr -d ' '
    output: COUNT
    repeatPolicy: { repeat: until, condition: "${COUNT}", expected: "3", limit: 9 }
  - name: codes
    command: echo x >> codes; test $(wc -l < codes) -lt 2
    repeatPolicy: { repeat: while, exitCode: [0], limit: 9 }
  - name: object
    command: "echo '{\"a\": {\"b\": \"c d\"}}'"
    output: OBJECT
  - command: echo "${OBJECT.a.b} $COUNT" > got
"#);
    assert_eq!(file(&sandbox, "rounds").lines().count(), 3);
    assert_eq!(file(&sandbox, "codes").lines().count(), 2);
    assert_eq!(file(&sandbox, "got"), "c d 3\n");
}

#[test]
fn the_workflow_is_printed_and_the_report_is_beside_it() {
    let sandbox = Sandbox::new();
    sandbox.file("ci.yml", &std::fs::read_to_string(folder("github").join("node-ci.yaml")).unwrap());
    let told = sandbox.wfmcp(["workflows", "import", "ci.yml"]).ok();
    assert!(told.stdout.contains("name: ci\n") && told.stdout.contains("foreach:"), "{}", told.stdout);
    assert!(
        told.stderr.contains("ci.yml is a GitHub Actions workflow")
            && told.stderr.contains("jobs.publish.environment"),
        "{}",
        told.stderr
    );
    let json = sandbox.wfmcp(["workflows", "import", "ci.yml", "--job", "lint", "--json"]).ok().json();
    let document = &json["documents"][0];
    assert_eq!((&document["system"], &document["detected"]), (&"github".into(), &true.into()));
    assert_eq!(document["suggested_file"], "ci.yaml");
    assert!(
        document["workflow"].as_str().unwrap().contains("npm ci")
            && !document["workflow"].as_str().unwrap().contains("npm publish")
    );
    assert_eq!(json["losses"], document["losses"].as_array().unwrap().len());
    let piped = sandbox
        .command(["workflows", "import", "-", "--from", "goose"])
        .stdin("title: t\nprompt: go\n")
        .run()
        .ok()
        .stdout
        .clone();
    assert!(piped.contains("prompt: go"), "{piped}");
}

#[test]
fn files_are_written_together_and_never_replaced_unasked() {
    let sandbox = Sandbox::new();
    for name in ["parent", "retry"] {
        sandbox.file(
            &format!("in/{name}.yaml"),
            &std::fs::read_to_string(folder("goose").join(format!("{name}.yaml"))).unwrap(),
        );
    }
    sandbox
        .wfmcp(["workflows", "import", "in", "--out", "flows"])
        .ok()
        .stderr_has("written: flows/parent.yaml");
    sandbox.wfmcp(["validate", "flows"]).ok();
    assert!(
        file(&sandbox, "flows/parent.yaml").contains("name: ./retry.yaml")
            || file(&sandbox, "flows/parent.yaml").contains("workflow: ./retry.yaml")
    );
    let before = file(&sandbox, "flows/retry.yaml");
    sandbox.file("flows/retry.yaml", "mine");
    sandbox.wfmcp(["workflows", "import", "in", "--out", "flows"]).code(6).stderr_has("is there already");
    assert_eq!(file(&sandbox, "flows/retry.yaml"), "mine");
    sandbox.wfmcp(["workflows", "import", "in", "--out", "flows", "--force"]).ok();
    assert_eq!(file(&sandbox, "flows/retry.yaml"), before);
}

#[test]
fn mistakes_say_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.file("c.yaml", "services: { web: { image: nginx } }\n");
    sandbox.file("j.yml", "on: push\njobs: { a: { runs-on: x, steps: [{ run: echo }] } }\n");
    sandbox.wfmcp(["workflows", "import", "c.yaml"]).code(3).stderr_has("Docker Compose");
    sandbox.wfmcp(["workflows", "import", "j.yml", "--job", "b"]).code(3).stderr_has("there are a");
    sandbox.wfmcp(["workflows", "import", "none.yml"]).code(5).stderr_has("none.yml");
    sandbox.wfmcp(["workflows", "import", "j.yml", "--force"]).code(2);
}
