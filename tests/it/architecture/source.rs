//! A file of `src/` as the rules see it, and what a rule says when it is broken.

use super::tokens::{Token, tokenize, without_tests};
use std::fmt;
use std::path::Path;

pub struct Source {
    /// Relative to `src/`, with `/` between its parts.
    pub path: String,
    pub text: String,
    /// Without comments, and without what is compiled for tests only.
    pub tokens: Vec<Token>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let tokens = if is_rust(path) { without_tests(&tokenize(text)) } else { Vec::new() };
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    pub fn is_rust(&self) -> bool {
        is_rust(&self.path)
    }

    /// Tests beside the code: `tests.rs`, or a file in a folder `tests/`.
    pub fn is_tests(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The first folder below `src/`, or the name of a file that lies in `src/` itself.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path of its module, without `crate`.
    pub fn module(&self) -> Vec<String> {
        let mut parts: Vec<String> =
            self.path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| last == "mod" || self.path == "lib.rs" || self.path == "main.rs") {
            parts.pop();
        }
        parts
    }

    pub fn offence(&self, line: usize, rule: impl Into<String>) -> Offence {
        Offence { path: self.path.clone(), line, rule: rule.into() }
    }
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    pub path: String,
    pub line: usize,
    pub rule: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.path, self.line, self.rule)
    }
}

/// Every file below `folder`, whatever its kind, in order.
pub fn read_all(folder: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    collect(folder, folder, &mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(folder: &Path, root: &Path, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, sources);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            sources.push(Source::new(&name, &text));
        }
    }
}
