//! Something that is wrong: what, where, why that matters, and what to do about it.

use super::mend::Remedy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable, such as `journal-broken`.
    pub code: String,
    pub severity: Severity,
    pub what: String,
    /// A file, a project and a run, a place in a configuration.
    #[serde(rename = "where")]
    pub place: String,
    /// What comes of it.
    pub why: String,
    /// What to do about it.
    pub mend: String,
    /// Whether `wfmcp doctor --fix` can do that.
    pub fixable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is broken.
    Error,
    /// It works, and may not for long, or not for everybody.
    Warning,
    Info,
}

/// A finding with what mends it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub finding: Finding,
    pub remedy: Option<Remedy>,
}

impl Found {
    pub(super) fn error(code: &str, what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::of(Severity::Error, code, what.into(), place.into())
    }

    pub(super) fn warning(code: &str, what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::of(Severity::Warning, code, what.into(), place.into())
    }

    pub(super) fn info(code: &str, what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::of(Severity::Info, code, what.into(), place.into())
    }

    fn of(severity: Severity, code: &str, what: String, place: String) -> Self {
        let (why, mend) = (String::new(), String::new());
        let finding = Finding { code: code.to_owned(), severity, what, place, why, mend, fixable: false };
        Self { finding, remedy: None }
    }

    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.finding.why = why.into();
        self
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.finding.mend = mend.into();
        self
    }

    pub(super) fn by(mut self, remedy: Remedy) -> Self {
        self.finding.fixable = true;
        self.remedy = Some(remedy);
        self
    }
}
