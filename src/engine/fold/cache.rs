//! What is kept of a step's result, and what is taken from there.

use super::super::event::{Event, Key, Output};
use super::super::node::{Done, Sought, State};
use super::super::run::Run;

impl Run {
    pub(super) fn fold_cache(&mut self, event: &Event, at: i64) -> Result<(), String> {
        match event {
            Event::Sought { step, digest, asks, .. } => {
                let id = self.live(step)?;
                let node = self.node_mut(id);
                node.sought = Some(Sought { digest: digest.clone(), found: None });
                node.started_at.get_or_insert(at);
                self.set(id, if *asks { State::Seeking } else { State::Starting });
            }
            Event::Recalled { step, output, from } => {
                let id = self.live(step)?;
                let node = self.node_mut(id);
                node.output = Some(output.clone());
                if let Some(sought) = &mut node.sought {
                    sought.found = Some(from.clone());
                }
                self.finish(id, Done::Succeeded, at);
            }
            Event::Missed { step } => {
                let id = self.live(step)?;
                self.set(id, State::Starting);
            }
            _ => {}
        }
        Ok(())
    }

    /// The digest under which others find what this event settled, where they may.
    pub fn kept_by(&self, event: &Event) -> Option<(&str, &Key)> {
        let (Event::Finished { step, .. } | Event::Accepted { step }) = event else { return None };
        let node = self.node(self.node_of(step).ok()?);
        let sought = node.sought.as_ref().filter(|sought| sought.found.is_none())?;
        let output = node.output.as_ref()?;
        let printed = [&output.stdout, &output.stderr];
        let in_a_file = printed.into_iter().flatten().any(|printed| printed.get().starts_with('{'));
        let is_known = output.result.is_some() || output.stdout.is_some();
        (is_known && !in_a_file).then_some((sought.digest.as_str(), &node.key))
    }

    /// What a step that succeeded made.
    pub fn made_by(&self, step: &Key) -> Option<&Output> {
        let node = self.node(self.node_of(step).ok()?);
        node.output.as_ref().filter(|_| node.state == State::Done(Done::Succeeded))
    }
}
