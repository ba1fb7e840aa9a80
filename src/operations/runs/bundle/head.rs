//! The first member of a bundle: what is in it.

use super::flaw::{Flaw, Found};
use crate::operations::{Error, Kind};
use crate::store::format::CitedFile;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// Rises when an older wfmcp could not read a bundle any more.
const VERSION: u64 = 1;
pub const NAME: &str = "wfmcp-run.json";
const RUNS_MAX: usize = 100_000;
const HASH_LETTERS: usize = 64;
const PLAN_HASH_LETTERS: usize = 32;
const LINK_LETTERS: usize = 32;
const NAME_BYTES_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    pub bundle: u64,
    pub wfmcp: String,
    pub made_at: String,
    pub made_by: String,
    pub form: Form,
    pub source: Source,
    /// Parents before their children; the first one is the run that was exported.
    pub runs: Vec<BundledRun>,
    pub plans: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The run went on where it was.
    Copy,
    /// It did not: it goes on where this is imported.
    Moved,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub project: String,
    pub project_id: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledRun {
    pub run: String,
    pub parent: Option<String>,
    pub workflow: String,
    pub labels: Map<String, Value>,
    pub status: String,
    pub plan: String,
    pub events: u64,
    /// The link of its last entry.
    pub chain: String,
    pub trail: String,
    pub artifacts: Vec<BundledFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledFile {
    pub name: String,
    pub bytes: u64,
    pub hash: String,
}

impl From<CitedFile> for BundledFile {
    fn from(CitedFile { name, bytes, hash }: CitedFile) -> Self {
        Self { name, bytes, hash }
    }
}

impl From<BundledFile> for CitedFile {
    fn from(BundledFile { name, bytes, hash }: BundledFile) -> Self {
        Self { name, bytes, hash }
    }
}

impl Head {
    pub fn of(made: (String, String), form: Form, source: Source) -> Self {
        let (made_at, made_by) = made;
        let wfmcp = env!("CARGO_PKG_VERSION").to_owned();
        Self { bundle: VERSION, wfmcp, made_at, made_by, form, source, runs: Vec::new(), plans: Vec::new() }
    }

    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub fn read(text: &[u8]) -> Result<Self, Found> {
        #[derive(Deserialize)]
        struct Versioned {
            bundle: u64,
            wfmcp: String,
        }
        let flaw = |error: serde_json::Error| Flaw::new(NAME, "the head of a bundle", error.to_string());
        let Versioned { bundle, wfmcp } = serde_json::from_slice(text).map_err(flaw)?;
        if bundle > VERSION {
            return Err(Error::new(
                Kind::Store,
                format!("the bundle was made by wfmcp {wfmcp} in format {bundle}, this one knows {VERSION}"),
            )
            .hint("update wfmcp on this machine")
            .into());
        }
        let head: Self = serde_json::from_slice(text).map_err(flaw)?;
        head.check()?;
        Ok(head)
    }

    /// The contents of artifacts, each once, by their hashes.
    pub fn contents(&self) -> BTreeSet<(&str, u64)> {
        let files = self.runs.iter().flat_map(|run| &run.artifacts);
        files.map(|file| (file.hash.as_str(), file.bytes)).collect()
    }

    fn check(&self) -> Result<(), Flaw> {
        let flaw = |expected: &str, got: String| Err(Flaw::new(NAME, expected, got));
        if self.bundle != VERSION {
            return flaw("format 1", self.bundle.to_string());
        }
        if !(1..=RUNS_MAX).contains(&self.runs.len()) {
            return flaw("1 to 100000 runs", self.runs.len().to_string());
        }
        let mut known = BTreeSet::new();
        for run in &self.runs {
            run.check()?;
            let follows = run.parent.as_deref().is_some_and(|parent| known.contains(parent));
            if follows == known.is_empty() || (known.is_empty() && run.parent.is_some()) {
                let parent = shortened(run.parent.as_deref().unwrap_or("nobody"));
                return flaw("the run, then each child behind its parent", format!("a child of {parent}"));
            }
            if !known.insert(run.run.as_str()) {
                return flaw("each run once", format!("{} twice", run.run));
            }
        }
        let plans: BTreeSet<&str> = self.runs.iter().map(|run| run.plan.as_str()).collect();
        if !self.plans.iter().map(String::as_str).eq(plans.iter().copied()) {
            return flaw("the plans of its runs, in order", format!("{:?}", self.plans));
        }
        let hashes: Vec<&str> = self.contents().into_iter().map(|(hash, _)| hash).collect();
        match hashes.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => flaw("one size of each artifact", format!("two of {}", pair[0])),
            None => Ok(()),
        }
    }
}

impl BundledRun {
    fn check(&self) -> Result<(), Flaw> {
        let place = format!("{NAME}, run {}", shortened(&self.run));
        let flaw = |expected: &str, got: &str| Err(Flaw::new(place.clone(), expected, shortened(got)));
        if !is_name(&self.run) {
            return flaw("an id of letters, digits, - and _", &self.run);
        }
        for (letters, hash) in
            [(PLAN_HASH_LETTERS, &self.plan), (LINK_LETTERS, &self.chain), (16, &self.trail)]
        {
            if !is_hex(hash, letters) {
                return flaw(&format!("{letters} hexadecimal digits"), hash);
            }
        }
        for (index, file) in self.artifacts.iter().enumerate() {
            if !is_name(&file.name) || Path::new(&file.name).extension() == Some("draft".as_ref()) {
                return flaw("a plain file name", &file.name);
            }
            if !is_hex(&file.hash, HASH_LETTERS) {
                return flaw("64 hexadecimal digits", &file.hash);
            }
            if index > 0 && self.artifacts[index - 1].name >= file.name {
                return flaw("its artifacts in the order of their names, each once", &file.name);
            }
        }
        Ok(())
    }
}

/// Whether it can be the name of a file in a folder and nothing else.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.starts_with('.') && name.chars().all(plain)
}

fn is_hex(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a message shows of something that may be very long.
fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 80;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
