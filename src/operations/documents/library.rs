//! The documents that a workflow can refer to, wherever they are: beside it, in the project's folders, in the catalogue.

use super::find::{candidates, find_beside};
use crate::language::Library;
use crate::language::source::Source;
use crate::operations::Context;
use crate::store::catalog::Listing;
use std::path::{Path, PathBuf};

pub struct Documents<'a> {
    context: &'a Context,
}

impl<'a> Documents<'a> {
    pub fn of(context: &'a Context) -> Self {
        Self { context }
    }

    /// The first acceptable one of what a name may mean in the document called `from`.
    fn first(&self, kind: &str, name: &str, from: &str, accept: impl Fn(&Source) -> bool) -> Option<Source> {
        let beside: PathBuf = self.context.dir.join(from).parent().unwrap_or(Path::new("/")).to_owned();
        let documents = find_beside(self.context, kind, name, &beside);
        documents.map(|document| Source::new(document.shown(self.context), document.text)).find(accept)
    }

    fn known(&self, kind: &str) -> Vec<String> {
        let known = candidates(self.context, kind, Listing::Current).unwrap_or_default();
        known.into_iter().map(|(name, _)| name).collect()
    }
}

impl Library for Documents<'_> {
    fn workflow(&self, name: &str, from: &str) -> Option<Source> {
        self.first("workflow", name, from, |_| true)
    }

    fn prompt(&self, name: &str, from: &str) -> Option<Source> {
        self.first("prompt", name, from, |source| Path::new(source.name()) != Path::new(from))
    }

    fn pattern(&self, name: &str, from: &str) -> Option<Source> {
        self.first("pattern", name, from, |_| true)
    }

    fn names(&self) -> Vec<String> {
        self.known("workflow")
    }

    fn prompt_names(&self) -> Vec<String> {
        self.known("prompt")
    }
}
