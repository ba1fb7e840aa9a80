//! The runs that were looked at last: who looks again reads only what came since.

use super::history::History;
use crate::engine::event::RunId;
use std::sync::{Mutex, MutexGuard, PoisonError};

const KEPT_MAX: usize = 8;
/// A longer run is read again each time: it would take room for a look that may never come.
const EVENTS_MAX: u64 = 2_000;

/// The latest look last.
#[derive(Default)]
pub(super) struct Recent(Mutex<Vec<(RunId, History)>>);

impl Recent {
    /// It is the caller's until it is kept again.
    pub(super) fn take(&self, run: &RunId) -> Option<History> {
        let mut kept = self.lock();
        let at = kept.iter().position(|(kept, _)| kept == run)?;
        Some(kept.remove(at).1)
    }

    pub(super) fn keep(&self, run: &RunId, history: History) {
        if history.recorded() > EVENTS_MAX {
            return;
        }
        let mut kept = self.lock();
        kept.retain(|(kept, _)| kept != run);
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push((run.clone(), history));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(RunId, History)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
