//! What tests came to: for people, and as CI systems read it.

use super::findings::pictures;
use super::screen::Paint;
use super::{View, counted, with};
use crate::operations::duration_words;
use crate::operations::workflows::test::{CaseReport, Coverage, Deviation, RecordedTest, TestReport, Tested};
use serde_json::Value;
use std::fmt::Write;

/// Lines of what happened in a case, from its end.
const LOG_MAX: usize = 20;
/// Kills of a case that are shown.
const FATAL_MAX: usize = 3;

pub fn tested(value: &Value, view: &View) -> String {
    with(value, view, |tested: Tested, view| {
        let paint = view.paint;
        let mut text = pictures(&tested.findings, paint);
        for test in &tested.tests {
            let name = test.name.as_deref().unwrap_or(&test.workflow);
            let _ = writeln!(text, "{}  {}", paint.bold(&test.file), paint.dim(name));
            for case in &test.cases {
                text.push_str(&one(case, paint));
            }
            text.push_str(&covered(&test.coverage, paint));
            text.push('\n');
        }
        let cases = counted(tested.cases, "case");
        let broken = counted(broken(&tested).len(), "document");
        let verdict = match (tested.passed, tested.failed) {
            (true, _) => format!("{} {cases} passed", paint.green("✓")),
            (false, 0) => format!("{} {cases} passed, {broken} with errors", paint.red("✗")),
            (false, failed) if tested.findings.is_empty() => {
                format!("{} {failed} of {cases} failed", paint.red("✗"))
            }
            (false, failed) => format!("{} {failed} of {cases} failed, {broken} with errors", paint.red("✗")),
        };
        let _ = writeln!(text, "{verdict}");
        text
    })
}

/// As it is put into a file.
pub fn recorded_test(value: &Value, view: &View) -> String {
    with(value, view, |recorded: RecordedTest, _| recorded.text)
}

fn one(case: &CaseReport, paint: Paint) -> String {
    let mark = if case.passed { paint.green("✓") } else { paint.red("✗") };
    let mut about = Vec::new();
    if !case.passed {
        about.push(format!("line {}", case.line));
    }
    if case.virtual_ms > 0 {
        about.push(format!("{} of its time", duration_words(case.virtual_ms)));
    }
    if let Some(kills) = case.kills {
        let of = case
            .ways_to_kill
            .filter(|ways| *ways > kills)
            .map_or_else(String::new, |ways| format!(" of {ways}"));
        about.push(format!("{}{of}", counted(kills, "kill")));
    }
    let mut text = format!("  {mark} {}  {}\n", case.name, paint.dim(&about.join(", ")));
    text.push_str(&deviations(&case.differences, 6, paint));
    for fatal in case.fatal.iter().take(FATAL_MAX) {
        let _ = writeln!(text, "      killed after {}", fatal.after);
        text.push_str(&deviations(&fatal.differences, 8, paint));
    }
    if let Some(more) = case.fatal.len().checked_sub(FATAL_MAX).filter(|more| *more > 0) {
        let _ = writeln!(text, "      and after {more} other writes");
    }
    if !case.unused.is_empty() {
        let names = case.unused.join("`, `");
        let _ = writeln!(text, "      {} `{names}`", paint.yellow("never asked:"));
    }
    if !case.log.is_empty() {
        let _ = writeln!(text, "      {}", paint.dim("what happened:"));
        let from = case.log.len().saturating_sub(LOG_MAX);
        if from > 0 {
            let _ = writeln!(text, "        {}", paint.dim(&format!("({} before)", counted(from, "line"))));
        }
        for line in &case.log[from..] {
            let _ = writeln!(text, "        {}", paint.dim(line));
        }
    }
    text
}

fn deviations(differences: &[Deviation], indent: usize, paint: Paint) -> String {
    let mut text = String::new();
    let space = " ".repeat(indent);
    for Deviation { what, expected, got } in differences {
        let _ = writeln!(text, "{space}{what}");
        let _ = writeln!(text, "{space}  expected {}", paint.green(expected));
        let _ = writeln!(text, "{space}  got      {}", paint.red(got));
    }
    text
}

fn covered(coverage: &Coverage, paint: Paint) -> String {
    let mut text = format!("steps {}/{}", coverage.steps_done, coverage.steps);
    if coverage.branches > 0 {
        let _ = write!(text, ", branches {}/{}", coverage.branches_taken, coverage.branches);
    }
    let missed: Vec<String> = coverage
        .missed_steps
        .iter()
        .filter(|step| {
            !coverage.missed_branches.iter().any(|branch| branch.starts_with(&format!("{step}: ")))
        })
        .map(|step| format!("{step}: never done"))
        .chain(coverage.missed_branches.iter().cloned())
        .collect();
    if !missed.is_empty() {
        let _ = write!(text, "; {}", missed.join(", "));
    }
    format!("    {}\n", paint.dim(&text))
}

/// The Test Anything Protocol, version 14.
pub fn tap(tested: &Tested) -> String {
    let broken = broken(tested);
    let mut text = format!("TAP version 14\n1..{}\n", tested.cases + broken.len());
    let mut number = 0;
    for (file, findings) in &broken {
        number += 1;
        let _ = writeln!(
            text,
            "not ok {number} - {}\n  ---\n  message: {}\n  ...",
            escaped(file),
            quoted(findings)
        );
    }
    for (test, case) in cases(tested) {
        number += 1;
        let verdict = if case.passed { "ok" } else { "not ok" };
        let _ = writeln!(text, "{verdict} {number} - {}", escaped(&format!("{}: {}", test.file, case.name)));
        if !case.passed {
            let _ = writeln!(
                text,
                "  ---\n  message: {}\n  at: {}\n  ...",
                quoted(&told(case)),
                quoted(&place(test, case))
            );
        }
    }
    text
}

/// JUnit's XML, as CI systems take it.
pub fn junit(tested: &Tested) -> String {
    let broken = broken(tested);
    let total = tested.cases + broken.len();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wfmcp\" tests=\"{total}\" failures=\"{}\" errors=\"{}\">\n",
        tested.failed,
        broken.len()
    );
    for (file, findings) in &broken {
        let _ = writeln!(
            text,
            "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase name=\"the document\" classname=\"{0}\">\n      <error message=\"it has errors\">{1}</error>\n    </testcase>\n  </testsuite>",
            xml(file),
            xml(findings)
        );
    }
    for test in &tested.tests {
        let failed = test.cases.iter().filter(|case| !case.passed).count();
        let ms: i64 = test.cases.iter().map(|case| case.duration_ms).sum();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" time=\"{}\">",
            xml(test.name.as_deref().unwrap_or(&test.file)),
            test.cases.len(),
            seconds(ms)
        );
        for case in &test.cases {
            let _ = write!(
                text,
                "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{}\"",
                xml(&case.name),
                xml(&test.workflow),
                xml(&test.file),
                case.line,
                seconds(case.duration_ms)
            );
            if case.passed {
                text.push_str("/>\n");
                continue;
            }
            let first =
                case.differences.first().or(case.fatal.first().and_then(|fatal| fatal.differences.first()));
            let message = first.map_or_else(String::new, sentence);
            let body = format!("{}\n\n{}", told(case), case.log.join("\n"));
            let _ = writeln!(
                text,
                ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                xml(&message),
                xml(&body)
            );
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

fn cases(tested: &Tested) -> impl Iterator<Item = (&TestReport, &CaseReport)> {
    tested.tests.iter().flat_map(|test| test.cases.iter().map(move |case| (test, case)))
}

/// Files with errors, each with what is wrong.
fn broken(tested: &Tested) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for finding in tested.findings.iter().filter(|finding| finding.severity == "error") {
        let line = format!(
            "{}:{}:{}: {} {}\n",
            finding.file, finding.line, finding.column, finding.code, finding.message
        );
        match files.iter_mut().find(|(file, _)| *file == finding.file) {
            Some((_, text)) => text.push_str(&line),
            None => files.push((finding.file.clone(), line)),
        }
    }
    files
}

fn place(test: &TestReport, case: &CaseReport) -> String {
    format!("{}:{}", test.file, case.line)
}

fn told(case: &CaseReport) -> String {
    let mut lines: Vec<String> = case.differences.iter().map(sentence).collect();
    for fatal in &case.fatal {
        lines.push(format!("killed after {}:", fatal.after));
        lines.extend(fatal.differences.iter().map(|difference| format!("  {}", sentence(difference))));
    }
    lines.join("\n")
}

fn sentence(Deviation { what, expected, got }: &Deviation) -> String {
    format!("{what}: expected {expected}, got {got}")
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a test")]
fn seconds(ms: i64) -> String {
    format!("{:.3}", ms as f64 / 1000.0)
}

/// `#` begins a directive in TAP.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}

/// As a scalar of YAML, of which JSON's strings are a part.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // What XML 1.0 can't say at all.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
