//! The documents that a workflow can refer to. Whoever owns files and the catalogue implements it.

use crate::language::source::Source;

pub trait Library {
    /// The workflow of this name, or at this path relative to the document called `from`.
    fn workflow(&self, name: &str, from: &str) -> Option<Source>;

    /// The prompt document of this name, or at this path relative to the document called `from`. It is never that
    /// document itself: a name that `from` has, too, is somebody else's.
    fn prompt(&self, name: &str, from: &str) -> Option<Source>;

    /// The pattern of this name.
    fn pattern(&self, _name: &str, _from: &str) -> Option<Source> {
        None
    }

    /// Names of workflows that exist, to suggest one for a name that does not.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    /// The same for prompts.
    fn prompt_names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Knows no other documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn workflow(&self, _name: &str, _from: &str) -> Option<Source> {
        None
    }

    fn prompt(&self, _name: &str, _from: &str) -> Option<Source> {
        None
    }
}
