//! `wfmcp validate`: what can be said about documents without running them, many at once.

use crate::language::source::Source;
use crate::operations::documents::{self, Finding, findings, is_yaml, read_file};
use crate::operations::workflows::side_by_side::side_by_side;
use crate::operations::{Access, Aliases, Context, Error, Kind, Operation, Toolset};
use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Validate documents and list everything that is wrong with them.
///
/// Each finding is at its token, with what to write instead.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ValidateWorkflow {
    /// Files, folders and globs.
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// A document's text, in place of files.
    #[arg(skip)]
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Validation {
    /// True if there is no error.
    pub valid: bool,
    pub files: usize,
    pub errors: usize,
    pub warnings: usize,
    /// In the order of the files and of their lines.
    pub findings: Vec<Finding>,
}

/// What a text without a file is called.
pub const TEXT_NAME: &str = "<text>";

/// Folders whose content nobody wrote as a document.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

impl Operation for ValidateWorkflow {
    const NAME: &'static str = "validate_workflow";
    const COMMAND: &'static [&'static str] = &["validate"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Authoring;
    const EXAMPLE: &'static str = "wfmcp validate workflows/";
    const ALIASES: Aliases = &[
        ("file", "files"),
        ("path", "files"),
        ("yaml", "text"),
        ("definition", "text"),
        ("content", "text"),
        ("workflow", "text"),
    ];
    type Output = Validation;

    async fn perform(self, context: &Context) -> Result<Validation, Error> {
        let mut all = Vec::new();
        let mut files = 0;
        if let Some(text) = &self.text {
            files += 1;
            all.extend(examine(context, TEXT_NAME, text.clone()));
        }
        if !self.files.is_empty() {
            let paths = expand(context, &self.files)?;
            files += paths.len();
            all.extend(examine_all(context, &paths)?);
        }
        if files == 0 {
            return Err(
                Error::input("there is nothing to validate").hint("name files or folders, or give `text`")
            );
        }
        let count = |severity: &str| all.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count("error"), count("warning"));
        Ok(Validation { valid: errors == 0, files, errors, warnings, findings: all })
    }
}

/// The files that a list of files, folders and globs names, each once.
pub fn expand(context: &Context, names: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for name in names {
        let path = context.dir.join(name);
        // Findings show what they are about: that is not a way for agents to read whatever they like.
        if context.actor.face.is_agents() && path.is_file() && !is_yaml(&path) {
            return Err(Error::new(Kind::NotPermitted, format!("{name} is no YAML document by its name"))
                .hint("documents end in .yaml or .yml; or give the `text`"));
        }
        if path.is_dir() {
            walk(&path, &mut |file| paths.push(file));
        } else if path.exists() || !name.contains(['*', '?', '[', '{']) {
            paths.push(path);
        } else {
            let before = paths.len();
            matching(context, name, &mut paths)?;
            if paths.len() == before {
                return Err(Error::not_found("file", name).hint("no file matches this pattern"));
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Ok(paths)
}

fn matching(context: &Context, pattern: &str, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let absolute = context.dir.join(pattern);
    let glob = GlobBuilder::new(&absolute.to_string_lossy()).literal_separator(true).build();
    let matcher: GlobMatcher = glob
        .map_err(|error| Error::input(format!("`{pattern}` is not a pattern: {error}")))?
        .compile_matcher();
    let fixed: PathBuf = absolute
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    walk(&fixed, &mut |file| {
        if matcher.is_match(&file) {
            paths.push(file);
        }
    });
    Ok(())
}

/// Every YAML file below a folder, in order; hidden folders are somebody else's.
#[expect(clippy::disallowed_methods, reason = "finds the files that were asked for")]
fn walk(folder: &Path, found: &mut impl FnMut(PathBuf)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_ref()) {
                walk(&path, found);
            }
        } else if is_yaml(&path) {
            found(path);
        }
    }
}

fn examine_all(context: &Context, paths: &[PathBuf]) -> Result<Vec<Finding>, Error> {
    let results = side_by_side(paths, |path| {
        let shown = path.strip_prefix(&context.dir).unwrap_or(path).display().to_string();
        read_file(path).map(|text| examine(context, &shown, text))
    });
    let all: Result<Vec<Vec<Finding>>, Error> = results.into_iter().collect();
    Ok(all?.concat())
}

pub fn examine(context: &Context, shown: &str, text: String) -> Vec<Finding> {
    let source = Source::new(shown, text);
    findings(&source, &documents::examine(context, &source).diagnostics)
}
