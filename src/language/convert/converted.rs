//! What is asked for, and what comes of it: documents with their losses, or a refusal.

use crate::language::diagnostic::Diagnostic;

/// A system whose workflows are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    AroMcp,
    Github,
    Goose,
    Dagu,
}

impl System {
    pub const ALL: [Self; 4] = [Self::AroMcp, Self::Github, Self::Goose, Self::Dagu];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::AroMcp => "aromcp",
            Self::Github => "github",
            Self::Goose => "goose",
            Self::Dagu => "dagu",
        }
    }

    /// One of its documents, in a sentence.
    pub fn document(self) -> &'static str {
        match self {
            Self::AroMcp => "an AroMCP workflow",
            Self::Github => "a GitHub Actions workflow",
            Self::Goose => "a goose recipe",
            Self::Dagu => "a dagu DAG",
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The system, where the caller knows it.
    pub from: Option<System>,
    /// Only these jobs and what they need, of a system that has jobs.
    pub jobs: &'a [String],
    /// Files that are converted together with this one, by their names without folder and ending.
    pub siblings: &'a [String],
}

#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    pub system: System,
    /// The document's own name, and a good one for its file.
    pub name: String,
    /// A valid document.
    pub text: String,
    /// In the order of the source.
    pub losses: Vec<Loss>,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Steps of the document, those in groups included.
    pub steps: usize,
    /// Those that are done by hand.
    pub manual: usize,
    pub lost: usize,
    pub changed: usize,
}

/// How much of something got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It is there, and means something a little different.
    Changed,
    /// A person does what the system did.
    Manual,
    /// It is gone.
    Lost,
}

impl Extent {
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Manual => "manual",
            Self::Lost => "lost",
        }
    }
}

/// Something of the source that is not, or not quite, in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    pub extent: Extent,
    pub line: usize,
    pub column: usize,
    /// The way to it, such as `jobs.test.services`.
    pub place: String,
    /// What it was.
    pub what: String,
    pub why: String,
    /// What to do about it.
    pub advice: String,
}

/// Why nothing was converted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    pub message: String,
    pub hints: Vec<String>,
    /// Where it is no YAML.
    pub diagnostics: Vec<Diagnostic>,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
