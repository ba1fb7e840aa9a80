//! The runs that were looked at last: who looks again reads only what came since.

use super::history::History;
use crate::engine::event::RunId;
use std::sync::{Mutex, MutexGuard, PoisonError};

const KEPT_MAX: usize = 8;
/// A longer run is read again each time: it would take room for a look that may never come.
const EVENTS_MAX: u64 = 2_000;

/// The latest look last.
#[derive(Default)]
pub(super) struct Recent(Mutex<Vec<(RunId, Seen)>>);

pub(super) struct Seen {
    pub history: History,
    /// The journal's version before it was read: while that stays, nothing came. A first look does not ask for it.
    pub version: Option<u64>,
}

impl Recent {
    /// It is the caller's until it is kept again.
    pub(super) fn take(&self, run: &RunId) -> Option<Seen> {
        let mut kept = self.lock();
        let at = kept.iter().position(|(kept, _)| kept == run)?;
        Some(kept.remove(at).1)
    }

    pub(super) fn keep(&self, run: &RunId, seen: Seen) {
        if seen.history.recorded() > EVENTS_MAX {
            return;
        }
        let mut kept = self.lock();
        kept.retain(|(kept, _)| kept != run);
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push((run.clone(), seen));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(RunId, Seen)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
