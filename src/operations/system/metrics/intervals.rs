//! What each step of a run is busy with, and since when: one thing at a time.

use crate::engine::event::Key;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// This machine did something: a script, a call, a model that it asked, a check.
    Worked,
    WaitedForAgents,
    WaitedForPeople,
    /// It waited for a time or an event.
    Slept,
    /// The run had not begun: others of its key went on.
    Queued,
}

#[derive(Default)]
pub(super) struct Intervals(BTreeMap<Key, (i64, Kind)>);

impl Intervals {
    pub(super) fn open(&mut self, step: &Key, at: i64, kind: Kind) {
        self.0.insert(step.clone(), (at, kind));
    }

    pub(super) fn close(&mut self, step: &Key) -> Option<(i64, Kind)> {
        self.0.remove(step)
    }

    pub(super) fn is_open(&self, step: &Key) -> bool {
        self.0.contains_key(step)
    }

    pub(super) fn take(&mut self) -> Vec<(Key, i64, Kind)> {
        std::mem::take(&mut self.0).into_iter().map(|(step, (at, kind))| (step, at, kind)).collect()
    }
}
