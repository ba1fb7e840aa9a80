//! Findings as pictures with carets, and as the formats that tools of code review read.

use super::{View, counted, with};
use crate::faces::cli::render::screen::Paint;
use crate::operations::documents::Finding;
use crate::operations::workflows::Validation;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

pub fn validation(value: &Value, view: &View) -> String {
    with(value, view, |validation: Validation, view| {
        let mut text = pictures(&validation.findings, view.paint);
        let paint = view.paint;
        let files = counted(validation.files, "file");
        let _ = match (validation.errors, validation.warnings) {
            (0, 0) => writeln!(text, "{} {files}, nothing to say", paint.green("✓")),
            (0, warnings) => {
                writeln!(text, "{} {files}, {}", paint.yellow("•"), counted(warnings, "warning"))
            }
            (errors, warnings) => {
                writeln!(
                    text,
                    "{} {files}, {}, {}",
                    paint.red("✗"),
                    counted(errors, "error"),
                    counted(warnings, "warning")
                )
            }
        };
        text
    })
}

/// A caret picture for each.
pub fn pictures(findings: &[Finding], paint: Paint) -> String {
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Colored => Renderer::styled(),
    };
    findings.iter().fold(String::new(), |text, finding| text + &picture(finding, &renderer) + "\n\n")
}

fn picture(finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.severity.as_str() {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        _ => Level::INFO,
    };
    let snippet = &finding.snippet;
    let mark = AnnotationKind::Primary.span(snippet.start..snippet.end);
    let source = Snippet::source(snippet.text.as_str())
        .path(finding.file.as_str())
        .line_start(snippet.first_line)
        .annotation(mark);
    let mut group = level.primary_title(finding.message.as_str()).id(finding.code.as_str()).element(source);
    for other in &finding.related {
        group = group.element(Level::NOTE.message(format!("line {}: {}", other.line, other.message)));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// Workflow commands of GitHub Actions, which show as notes beside the lines.
pub fn github(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let level = match finding.severity.as_str() {
            "error" => "error",
            "warning" => "warning",
            _ => "notice",
        };
        let help = finding.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "::{level} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            property(&finding.file),
            finding.line,
            finding.column,
            finding.end_line,
            finding.end_column,
            property(&finding.code),
            data(&format!("{}{help}", finding.message))
        );
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// SARIF 2.1.0, which code scanning reads.
pub fn sarif(findings: &[Finding]) -> Value {
    let rules: BTreeMap<&str, Value> = findings
        .iter()
        .map(|finding| (finding.code.as_str(), json!({ "id": finding.code, "help": { "text": format!("wfmcp validate --explain {}", finding.code) } })))
        .collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "wfmcp",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let level = match finding.severity.as_str() {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    };
    let help = finding.help.as_deref().map(|help| format!(" {help}")).unwrap_or_default();
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": format!("{}{help}", finding.message) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": finding.file.replace('\\', "/") },
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            },
        } }],
    })
}
