//! What the language makes of files: `tests/language/ok` becomes plans, `tests/language/err` findings. Each file has
//! a `.out` beside it; `UPDATE=1 cargo test` rewrites them. `schemas/` is compared with the key tables.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use wfmcp::language::diagnostic::Diagnostic;
use wfmcp::language::schema::{Compiled, EditorSchema, editor_schema};
use wfmcp::language::source::Source;
use wfmcp::language::{self, Library};

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// Documents beside the one that refers to them.
struct Folder(PathBuf);

impl Folder {
    fn document(&self, name: &str) -> Option<Source> {
        let name = name.strip_prefix("./").unwrap_or(name);
        let file = format!("{}.yaml", name.trim_end_matches(".yaml"));
        Some(Source::new(file.clone(), std::fs::read_to_string(self.0.join(&file)).ok()?))
    }
}

impl Library for Folder {
    fn workflow(&self, name: &str, _from: &str) -> Option<Source> {
        self.document(name)
    }

    fn prompt(&self, name: &str, _from: &str) -> Option<Source> {
        self.document(name)
    }
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files
}

fn load(file: &Path) -> Source {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    Source::new(name, std::fs::read_to_string(file).unwrap())
}

/// Compares with a file that is committed, or writes it.
fn compare(file: &Path, actual: &str, differences: &mut Vec<String>) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    if expected != actual {
        let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
        differences.push(format!("{}\n{}", file.display(), diff.unified_diff().context_radius(2)));
    }
}

/// `CODE line:column-column message`, and what to write.
fn told(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut lines = String::new();
    for finding in diagnostics {
        let (start, end) = (source.position(finding.span.start), source.position(finding.span.end));
        let place = if start.line == end.line {
            format!("{}:{}-{}", start.line, start.column, end.column)
        } else {
            format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
        };
        let severity = finding.severity.name();
        writeln!(lines, "{} {place} {severity}: {}", finding.code, finding.message).unwrap();
        writeln!(lines, "    {}", finding.help.as_deref().unwrap_or("NO HELP")).unwrap();
        if let Some(fix) = &finding.fix {
            writeln!(lines, "    fix: {:?} -> {:?}", source.slice(fix.span), fix.replacement).unwrap();
        }
    }
    lines
}

#[test]
fn good_files_become_plans() {
    let folder = root("tests/language/ok");
    let mut differences = Vec::new();
    for file in yaml_files(&folder) {
        let source = load(&file);
        let examined = language::examine(&source, &Folder(folder.clone()));
        let findings = told(&source, &examined.diagnostics);
        assert!(!findings.contains(" error: "), "{}:\n{findings}", file.display());
        let document = examined.document.unwrap();
        let mut actual = format!("{}\n{findings}", document.kind());
        if let Some(plan) = &examined.plan {
            let text = language::plan::text(plan);
            assert_eq!(serde_json::from_str::<language::plan::Plan>(&text).unwrap(), *plan);
            actual
                .push_str(&serde_json::to_string_pretty(&lean(serde_json::to_value(plan).unwrap())).unwrap());
            actual.push('\n');
        }
        if let Some(prompt) = &examined.prompt {
            let names = prompt.arguments.iter().map(|argument| argument.name.as_str());
            writeln!(actual, "takes {}", names.collect::<Vec<_>>().join(", ")).unwrap();
            let text = lean(serde_json::to_value(&prompt.text).unwrap());
            writeln!(actual, "{}", serde_json::to_string_pretty(&text).unwrap()).unwrap();
        }
        compare(&file.with_extension("out"), &actual, &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A plan without what an author did not say.
fn lean(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (key, lean(value)))
            .filter(|(key, value)| !is_empty(value) || key == "needs")
            .collect(),
        Value::Array(items) => items.into_iter().map(lean).collect(),
        other => other,
    }
}

#[test]
fn bad_files_are_told_what_is_wrong() {
    let folder = root("tests/language/err");
    let mut differences = Vec::new();
    for file in yaml_files(&folder) {
        let source = load(&file);
        let examined = language::examine(&source, &Folder(folder.clone()));
        assert!(examined.plan.is_none(), "{} became a plan", file.display());
        compare(&file.with_extension("out"), &told(&source, &examined.diagnostics), &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn editors_have_the_schemas_of_the_key_tables() {
    let mut differences = Vec::new();
    for kind in EditorSchema::ALL {
        let text = serde_json::to_string_pretty(&editor_schema(kind)).unwrap() + "\n";
        compare(&root(&format!("schemas/{}.schema.json", kind.name())), &text, &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// An editor accepts what the reader accepts.
#[test]
fn good_files_obey_the_schemas_of_editors() {
    for file in yaml_files(&root("tests/language/ok")) {
        let source = load(&file);
        let mut diagnostics = Vec::new();
        let value = language::yaml::parse(&source, &mut diagnostics).unwrap().to_json();
        let kind = value.get("kind").and_then(|kind| kind.as_str()).unwrap_or("workflow").to_owned();
        let kind = EditorSchema::ALL.into_iter().find(|schema| schema.name() == kind).unwrap();
        let violations = Compiled::new(&editor_schema(kind)).unwrap().check(&value);
        assert!(violations.is_empty(), "{}: {violations:#?}", file.display());
    }
}
