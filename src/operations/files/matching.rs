//! What a search is for: names that fit a glob, lines that contain a text.

use crate::operations::Error;
use globset::{GlobBuilder, GlobMatcher};
use regex::bytes::{Regex, RegexBuilder};
use std::path::Path;

/// How much of a line is shown.
const SHOWN_CHARACTERS_MAX: usize = 300;
/// How much of that is before what was found, where a line is longer.
const BEFORE_CHARACTERS_MAX: usize = 100;

#[derive(Debug)]
pub struct Names {
    glob: GlobMatcher,
    /// A glob without folders is for the name alone, wherever the file is.
    is_for_name: bool,
}

impl Names {
    pub fn read(glob: &str) -> Result<Self, Error> {
        let built = GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| {
            Error::input(format!("`{glob}` is no glob: {}", error.kind()))
                .hint("such as `*.rs` or `src/**/*.rs`")
        })?;
        Ok(Self { glob: built.compile_matcher(), is_for_name: !glob.contains('/') })
    }

    /// The path is the one below the folder that is searched.
    pub fn fit(&self, path: &Path) -> bool {
        match path.file_name() {
            Some(name) if self.is_for_name => self.glob.is_match(name),
            _ => self.glob.is_match(path),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Literal,
    Regex,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Exact,
    Any,
}

#[derive(Debug)]
pub struct Lines(Regex);

/// A line that contains what was looked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    /// In characters, counted from 1.
    pub column: u64,
    pub text: String,
}

impl Lines {
    pub fn read(pattern: &str, syntax: Syntax, case: Case) -> Result<Self, Error> {
        let expression = match syntax {
            Syntax::Literal => regex::escape(pattern),
            Syntax::Regex => pattern.to_owned(),
        };
        let built = RegexBuilder::new(&expression).case_insensitive(case == Case::Any).build();
        Ok(Self(built.map_err(|error| {
            let told = error.to_string();
            let reason = told.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Error::input(format!("`{pattern}` is no regular expression: {reason}"))
                .hint("to look for the text as it stands, leave `regex` out")
        })?))
    }

    pub fn found_in<'a>(&'a self, content: &'a [u8]) -> impl Iterator<Item = Line> + 'a {
        content.split(|byte| *byte == b'\n').zip(1_u64..).filter_map(|(line, number)| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let found = self.0.find(line)?;
            let before = String::from_utf8_lossy(&line[..found.start()]).chars().count();
            Some(Line { number, column: before as u64 + 1, text: shown(line, before) })
        })
    }
}

/// The line, or the part of it around what was found.
fn shown(line: &[u8], before: usize) -> String {
    let text = String::from_utf8_lossy(line);
    if text.chars().nth(SHOWN_CHARACTERS_MAX).is_none() {
        return text.into_owned();
    }
    let skipped = if before < SHOWN_CHARACTERS_MAX / 2 { 0 } else { before - BEFORE_CHARACTERS_MAX };
    let mut letters = text.chars().skip(skipped);
    let part: String = letters.by_ref().take(SHOWN_CHARACTERS_MAX).collect();
    let (begins, ends) =
        (if skipped > 0 { "…" } else { "" }, if letters.next().is_some() { "…" } else { "" });
    format!("{begins}{part}{ends}")
}
