//! Looking on while a run goes on: each time something happened, how far it is.

use crate::engine::event::RunId;
use crate::operations::{Context, Error};
use std::time::Duration;

/// How long one look waits for something to happen.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub steps_done: u64,
    pub steps_total: u64,
    /// What happened last, told for people.
    pub last: String,
}

/// Who looks on.
pub trait Watcher {
    fn take(&self, look: Progress);
    fn has_gone(&self) -> bool;
}

/// Tell how far the run is whenever something happens, until it has ended or the watcher has seen enough or has gone.
pub fn watch(context: &Context, run: &RunId, watcher: &impl Watcher) -> Result<(), Error> {
    let project = context.project()?;
    let driver = project.driver()?;
    let mut seen = 0;
    loop {
        let news = driver.log(run, seen)?;
        let row = project.journal.run(run)?;
        if let Some(last) = news.last() {
            seen = last.seq;
            let step = last.step.as_ref().map(|step| format!("{step}: ")).unwrap_or_default();
            let last = format!("{step}{}", last.text.lines().next().unwrap_or_default());
            watcher.take(Progress { steps_done: row.steps_done, steps_total: row.steps_total, last });
        }
        if row.ended_at.is_some() || watcher.has_gone() {
            return Ok(());
        }
        driver.wait_change(run, seen, PATIENCE)?;
    }
}
