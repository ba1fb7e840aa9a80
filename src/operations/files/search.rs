//! `wfmcp files search`.

use super::matching::{Case, Lines, Names, Syntax};
use super::roots::{Roots, written};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset};
use crate::platform::clock::{Clock, System};
use ignore::{DirEntry, WalkBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;

/// How many matches are told where nobody says how many.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 1_000;
/// A larger file is not looked into.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A zero byte this early makes a file a binary one.
const BINARY_WITHIN: usize = 8 * 1024;
/// At a terminal nobody hurries.
const SECONDS_MAX: u64 = 3_600;

/// Search files by name, content or both, inside the allowed folders.
///
/// `pattern` is looked for line by line, as it stands or as a regular expression. With `glob` alone, files are found by
/// name. What .gitignore leaves out is left out, hidden files are, and so are links; binary files and those beyond 16
/// MiB are not looked into and counted as `skipped`.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchFiles {
    /// What a line is to contain.
    #[arg(value_name = "PATTERN", required_unless_present = "glob")]
    pub pattern: Option<String>,
    /// Read the pattern as a regular expression.
    #[arg(long)]
    pub regex: bool,
    /// Upper and lower case are the same.
    #[arg(long)]
    pub ignore_case: bool,
    /// Only files of such a name: `*.rs`, or with folders `src/**/*.rs`.
    #[arg(long, value_name = "GLOB")]
    pub glob: Option<String>,
    /// The folder or file to search; the working folder if absent, or the first allowed one.
    #[arg(long = "in", value_name = "PATH")]
    pub path: Option<String>,
    /// Hidden files and what .gitignore leaves out, too.
    #[arg(long)]
    pub all: bool,
    /// At most this many matches: 100 if absent, 1000 at most.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    pub matches: Vec<Match>,
    /// Whether there are or may be more: search for less to see them.
    pub has_more: bool,
    /// How many files were looked at.
    pub files: u64,
    /// How many could not be looked into: binary, too large, or not readable.
    pub skipped: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Match {
    pub path: String,
    /// Counted from 1; absent where only names were looked for.
    pub line: Option<u64>,
    /// In characters, counted from 1.
    pub column: Option<u64>,
    /// The line, or the part of a long one around what was found.
    pub text: Option<String>,
}

impl Operation for SearchFiles {
    const NAME: &'static str = "search_files";
    const COMMAND: &'static [&'static str] = &["files", "search"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Files;
    const ALIASES: Aliases = &[
        ("query", "pattern"),
        ("text", "pattern"),
        ("directory", "path"),
        ("folder", "path"),
        ("include", "glob"),
        ("name", "glob"),
    ];
    const EXAMPLE: &'static str = "wfmcp files search connect --glob '*.rs' --in src";
    type Output = Found;

    async fn perform(self, context: &Context) -> Result<Found, Error> {
        let search = Search::of(&self)?;
        let roots = Roots::of(context.world().config()?)?;
        let place = roots.meant(&context.dir, self.path.as_deref())?;
        place.look()?;
        let start = place.path();
        let mut found = Found::default();
        let patience = context.wait(Some(SECONDS_MAX));
        let begin = System.monotonic();
        for entry in self.walk(&start).build() {
            if System.monotonic().saturating_sub(begin) > patience {
                found.has_more = true;
                context.note(format!("the search was ended after {} s", patience.as_secs()));
                break;
            }
            match entry {
                Ok(entry) if is_file(&entry) => search.look_at(&entry, (&start, context), &roots, &mut found),
                Ok(_) => {}
                Err(_) => found.skipped += 1,
            }
            if found.matches.len() > search.limit {
                found.matches.truncate(search.limit);
                found.has_more = true;
                break;
            }
        }
        Ok(found)
    }
}

impl SearchFiles {
    /// In the order of names, so that the same search finds the same.
    fn walk(&self, start: &Path) -> WalkBuilder {
        let mut walk = WalkBuilder::new(start);
        walk.standard_filters(!self.all).require_git(false).follow_links(false).sort_by_file_name(Ord::cmp);
        walk
    }
}

struct Search {
    names: Option<Names>,
    lines: Option<Lines>,
    limit: usize,
}

impl Search {
    fn of(asked: &SearchFiles) -> Result<Self, Error> {
        if asked.pattern.is_none() && asked.glob.is_none() {
            return Err(Error::input("it is not said what to search for")
                .hint("give `pattern` for what lines contain, `glob` for names, or both"));
        }
        let syntax = if asked.regex { Syntax::Regex } else { Syntax::Literal };
        let case = if asked.ignore_case { Case::Any } else { Case::Exact };
        Ok(Self {
            names: asked.glob.as_deref().map(Names::read).transpose()?,
            lines: asked.pattern.as_deref().map(|text| Lines::read(text, syntax, case)).transpose()?,
            limit: asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX),
        })
    }

    /// A file by the place it was found at; one that is not there any more, or is another, is skipped.
    fn look_at(
        &self,
        entry: &DirEntry,
        (start, context): (&Path, &Context),
        roots: &Roots,
        found: &mut Found,
    ) {
        let path = entry.path();
        let below = path.strip_prefix(start).unwrap_or(path);
        let named = if below.as_os_str().is_empty() { path } else { below };
        if self.names.as_ref().is_some_and(|names| !names.fit(named)) {
            return;
        }
        found.files += 1;
        let Some(place) = roots.found(path) else { return found.skipped += 1 };
        let shown = written(path, &context.dir);
        let Some(lines) = &self.lines else {
            match place.look() {
                Ok(_) => found.matches.push(Match { path: shown, line: None, column: None, text: None }),
                Err(_) => found.skipped += 1,
            }
            return;
        };
        let text = place.open().ok().filter(|opened| opened.bytes <= FILE_BYTES_MAX).and_then(|opened| {
            let mut text = Vec::new();
            opened.file.take(FILE_BYTES_MAX).read_to_end(&mut text).ok()?;
            (!text[..text.len().min(BINARY_WITHIN)].contains(&0)).then_some(text)
        });
        let Some(text) = text else { return found.skipped += 1 };
        let room = self.limit + 1 - found.matches.len();
        found.matches.extend(lines.found_in(&text).take(room).map(|line| Match {
            path: shown.clone(),
            line: Some(line.number),
            column: Some(line.column),
            text: Some(line.text),
        }));
    }
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}
