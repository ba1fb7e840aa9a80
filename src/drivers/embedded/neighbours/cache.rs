//! `cache`: what a step of another run made. Its journal has it; what can't be read is made anew.

use crate::drivers::embedded::shared::Shared;
use crate::engine::event::{Output, RunId};

impl Shared {
    pub(in crate::drivers::embedded) fn recall(&self, digest: &str) -> Option<(Output, RunId)> {
        let found = self.journal().maker(digest).and_then(|made| {
            let Some((run, step)) = made else { return Ok(None) };
            let output = self.look(&run, |history| history.run.made_by(&step).cloned())?;
            Ok(output.map(|output| (Output { usage: None, spent: None, ..output }, run)))
        });
        found.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the cache can't be read: the step does its work");
            None
        })
    }
}
