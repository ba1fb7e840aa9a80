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

    fn source(&self, kind: &str, name: &str, from: &str) -> Option<Source> {
        let beside: PathBuf = self.context.dir.join(from).parent().unwrap_or(Path::new("/")).to_owned();
        let document = find_beside(self.context, kind, name, &beside).ok()?;
        let shown = document.shown(self.context);
        Some(Source::new(shown, document.text))
    }
}

impl Library for Documents<'_> {
    fn workflow(&self, name: &str, from: &str) -> Option<Source> {
        self.source("workflow", name, from)
    }

    fn prompt(&self, name: &str, from: &str) -> Option<Source> {
        self.source("prompt", name, from)
    }

    fn names(&self) -> Vec<String> {
        let known = candidates(self.context, "workflow", Listing::Current).unwrap_or_default();
        known.into_iter().map(|(name, _)| name).collect()
    }
}
