//! A diagnostic as faces and scripts get it: with its file, line and column, and the lines it is about.

use crate::language::diagnostic::Diagnostic;
use crate::language::source::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most lines of a snippet; a span that is longer shows its beginning.
const SNIPPET_LINES_MAX: usize = 4;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub file: String,
    /// From one.
    pub line: usize,
    /// In characters, from one.
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// Stable; `wfmcp validate --explain CODE` tells more.
    pub code: String,
    /// error, warning or info.
    pub severity: String,
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    pub related: Vec<Related>,
    /// Whether `--fix` can mend it.
    pub fixable: bool,
    pub snippet: Snippet,
}

/// Another place that has to do with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// The lines that a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snippet {
    pub first_line: usize,
    pub text: String,
    /// Where the finding begins in `text`, in bytes.
    pub start: usize,
    pub end: usize,
}

pub fn findings(source: &Source, diagnostics: &[Diagnostic]) -> Vec<Finding> {
    diagnostics.iter().map(|diagnostic| finding(source, diagnostic)).collect()
}

fn finding(source: &Source, diagnostic: &Diagnostic) -> Finding {
    let (start, end) = (source.position(diagnostic.span.start), source.position(diagnostic.span.end));
    let related = diagnostic.related.iter().map(|other| {
        let at = source.position(other.span.start);
        Related { line: at.line, column: at.column, message: other.message.clone() }
    });
    Finding {
        file: source.name().to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        code: diagnostic.code.to_owned(),
        severity: diagnostic.severity.name().to_owned(),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        related: related.collect(),
        fixable: diagnostic.fix.is_some(),
        snippet: snippet(source, diagnostic, start.line, end.line),
    }
}

fn snippet(source: &Source, diagnostic: &Diagnostic, first: usize, last: usize) -> Snippet {
    let last = last.min(first + SNIPPET_LINES_MAX - 1);
    let from = source.line(first).map_or(0, |span| span.start);
    let to = source.line(last).map_or(from, |span| span.end);
    let inside = |offset: usize| offset.clamp(from, to) - from;
    Snippet {
        first_line: first,
        text: source.text().get(from..to).unwrap_or_default().to_owned(),
        start: inside(diagnostic.span.start),
        end: inside(diagnostic.span.end),
    }
}
