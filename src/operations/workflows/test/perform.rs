//! The operation: finds the tests, carries their cases out side by side, and gathers what came of them.

use super::coverage::coverage;
use super::report::{CaseReport, FatalKill, TestReport, Tested, deviations};
use crate::drivers::rehearsal::{self, Performance, Rehearsal, rehearse};
use crate::language::diagnostic::Diagnostic;
use crate::language::model::Document;
use crate::language::plan::{Case, Trial};
use crate::language::source::Source;
use crate::operations::documents::{Finding, examine, findings, is_yaml, read_file};
use crate::operations::workflows::side_by_side::side_by_side;
use crate::operations::workflows::validate::{TEXT_NAME, expand};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, registry};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Test workflows by the cases of test documents.
///
/// Steps answer what a case says, time passes at once, nothing is kept; what answers `run` is really run.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestWorkflow {
    /// Files, folders and globs with tests; the present folder if absent.
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// A test's text, in place of files.
    #[arg(skip)]
    pub text: Option<String>,
    /// Only cases whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    pub case: Option<String>,
    /// Kill each run after every write, resume it, and demand the same end.
    #[arg(long)]
    pub chaos: bool,
}

/// Cases whose names are shown to who asked for another one.
const CASES_SHOWN_MAX: usize = 10;

/// A test that can be carried out.
struct Ready {
    file: String,
    home: PathBuf,
    trial: Trial,
}

impl Operation for TestWorkflow {
    const NAME: &'static str = "test_workflow";
    const COMMAND: &'static [&'static str] = &["test"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Preparation;
    const EXAMPLE: &'static str = "wfmcp test workflows/ --chaos";
    const ALIASES: Aliases = &[
        ("file", "files"),
        ("path", "files"),
        ("yaml", "text"),
        ("definition", "text"),
        ("content", "text"),
    ];
    type Output = Tested;

    fn target(&self) -> Option<&str> {
        self.files.first().map(String::as_str)
    }

    async fn perform(self, context: &Context) -> Result<Tested, Error> {
        let mut all = Vec::new();
        let ready = self.find(context, &mut all)?;
        let wanted = |case: &Case| self.case.as_ref().is_none_or(|part| case.name.contains(part.as_str()));
        let turns: Vec<(usize, &Case)> = ready
            .iter()
            .enumerate()
            .flat_map(|(at, one)| one.trial.cases.iter().map(move |case| (at, case)))
            .filter(|(_, case)| wanted(case))
            .collect();
        if turns.is_empty() && !all.iter().any(|finding: &Finding| finding.severity == "error") {
            return Err(self.nothing(&ready));
        }
        let done = side_by_side(&turns, |(at, case)| self.carry_out(context, &ready[*at], case));
        let mut tests: Vec<(TestReport, Vec<Performance>)> =
            ready.iter().map(|one| (one.report(), Vec::new())).collect();
        for ((at, _), (report, performance)) in turns.iter().zip(done) {
            tests[*at].0.cases.push(report);
            tests[*at].1.push(performance);
        }
        for ((report, performances), one) in tests.iter_mut().zip(&ready) {
            report.coverage = coverage(&one.trial.plan, performances.iter());
        }
        let tests: Vec<TestReport> =
            tests.into_iter().map(|(report, _)| report).filter(|report| !report.cases.is_empty()).collect();
        let cases = || tests.iter().flat_map(|test| &test.cases);
        let failed = cases().filter(|case| !case.passed).count();
        let is_right = all.iter().all(|finding| finding.severity != "error");
        Ok(Tested { passed: failed == 0 && is_right, cases: cases().count(), failed, tests, findings: all })
    }
}

impl TestWorkflow {
    /// The tests that are meant; what is wrong with others, and with these, goes to the findings.
    fn find(&self, context: &Context, all: &mut Vec<Finding>) -> Result<Vec<Ready>, Error> {
        let mut sources = Vec::new();
        if let Some(text) = &self.text {
            sources.push((Source::new(TEXT_NAME, text.clone()), context.dir.clone(), true));
        }
        let here = [".".to_owned()];
        let files: &[String] = if self.files.is_empty() && self.text.is_none() { &here } else { &self.files };
        let named: Vec<PathBuf> = files.iter().map(|file| context.dir.join(file)).collect();
        for path in expand(context, files)? {
            let is_named = named.contains(&path) || !is_yaml(&path);
            let text = match read_file(&path) {
                Ok(text) => text,
                Err(error) if is_named => return Err(error),
                // Whatever else lies in a folder is nobody's test.
                Err(_) => continue,
            };
            let is_meant = is_named || looks_like_test(&path, &text);
            if is_meant || may_be_test(&text) {
                let shown = path.strip_prefix(&context.dir).unwrap_or(&path).display().to_string();
                let home = path.parent().unwrap_or(Path::new("/")).to_owned();
                sources.push((Source::new(shown, text), home, is_meant));
            }
        }
        let mut ready = Vec::new();
        for (source, home, is_named) in sources {
            let examined = examine(context, &source);
            match (&examined.document, is_named) {
                (Some(Document::Test(_)), _) | (None, true) => {}
                (Some(other), true) => {
                    let message = format!("{} is a {}, no test", source.name(), other.kind());
                    return Err(
                        Error::input(message).hint("a test says `kind: test`; folders are searched for them")
                    );
                }
                (_, false) => continue,
            }
            all.extend(findings(&source, &examined.diagnostics));
            let trial = examined.trial.filter(|trial| can_run(context, trial, all));
            if let Some(trial) = trial {
                ready.push(Ready { file: source.name().to_owned(), home, trial });
            }
        }
        Ok(ready)
    }

    fn carry_out(&self, context: &Context, ready: &Ready, case: &Case) -> (CaseReport, Performance) {
        let began = context.now();
        let steps = rehearsal::steps(&ready.trial.plan);
        let rehearsal = Rehearsal {
            trial: &ready.trial,
            steps: &steps,
            case,
            home: &ready.home,
            keeps_records: |operation| registry::find(operation).is_some_and(registry::Row::keeps_records),
        };
        let performance = rehearse(&rehearsal);
        let differences = deviations(rehearsal::differences(&case.expect, &performance));
        let chaos =
            (self.chaos && differences.is_empty()).then(|| rehearsal::chaos(&rehearsal, &performance));
        let (kills, ways) = chaos.as_ref().map(|chaos| (chaos.kills, chaos.ways)).unzip();
        let fatal: Vec<FatalKill> = chaos.into_iter().flat_map(|chaos| chaos.fatal).map(Into::into).collect();
        let line = |line: &crate::engine::status::LogLine| match &line.step {
            Some(step) => format!("{}  {step}: {}", line.at, line.text),
            None => format!("{}  {}", line.at, line.text),
        };
        let log =
            if differences.is_empty() { Vec::new() } else { performance.log.iter().map(line).collect() };
        let report = CaseReport {
            name: case.name.clone(),
            line: case.line,
            passed: differences.is_empty() && fatal.is_empty(),
            differences,
            kills,
            ways_to_kill: ways,
            fatal,
            unused: performance.unused.clone(),
            log,
            virtual_ms: performance.took_ms,
            duration_ms: context.now() - began,
        };
        (report, performance)
    }

    fn nothing(&self, ready: &[Ready]) -> Error {
        match &self.case {
            Some(part) if !ready.is_empty() => {
                let names: Vec<&str> =
                    ready.iter().flat_map(|one| &one.trial.cases).map(|case| case.name.as_str()).collect();
                let shown = names[..names.len().min(CASES_SHOWN_MAX)].join("`, `");
                let more = if names.len() > CASES_SHOWN_MAX { " ..." } else { "" };
                Error::input(format!("no case has {part:?} in its name"))
                    .hint(format!("there are `{shown}`{more}"))
            }
            _ => Error::input("there is no test to carry out").hint(
                "a test is a YAML file that says `kind: test`, which workflow it is about, and its `cases`; \
                 `wfmcp test --record RUN` makes one",
            ),
        }
    }
}

/// Whether a workflow would run at all: everything that is wrong with it is told.
fn can_run(context: &Context, trial: &Trial, all: &mut Vec<Finding>) -> bool {
    let diagnostics = examine(context, &trial.source).diagnostics;
    let errors: Vec<_> = diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    for finding in findings(&trial.source, &errors) {
        if !all.contains(&finding) {
            all.push(finding);
        }
    }
    errors.is_empty()
}

/// Whether a file in a folder was meant as a test, whatever it says.
fn looks_like_test(path: &Path, text: &str) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name.ends_with(".test") || text.lines().any(|line| line.starts_with("cases:"))
}

/// Documents of other kinds in the same folder are not even read.
fn may_be_test(text: &str) -> bool {
    text.lines().any(|line| {
        let said = line.trim_start().trim_start_matches(['{', '"', ' ']).strip_prefix("kind");
        said.is_some_and(|said| said.contains("test"))
    })
}

impl Ready {
    fn report(&self) -> TestReport {
        TestReport {
            file: self.file.clone(),
            name: self.trial.name.clone(),
            workflow: self.trial.workflow.clone(),
            cases: Vec::new(),
            coverage: super::Coverage::default(),
        }
    }
}
