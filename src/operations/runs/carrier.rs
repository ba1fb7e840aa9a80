//! What the process behind `run --detach` does: carry a project's runs until nothing is left to carry.

use crate::operations::{Context, Error};
use std::time::Duration;

/// Longest sleep in one piece, so that a clock that was set is noticed.
const NAP_MAX_MS: i64 = 60_000;

/// Carry what is ready, sleep until something else is, and return once no run waits for a time.
pub fn carry_all(context: &Context) -> Result<(), Error> {
    let project = context.project()?;
    let driver = project.driver()?;
    loop {
        let seen = project.journal.version()?;
        let taken = driver.carry_ready()?;
        for row in project.journal.runs(&crate::store::journal::RunFilter {
            status: vec!["running".to_owned()],
            ..crate::store::journal::RunFilter::default()
        })? {
            driver.wait(&row.run, None)?;
        }
        let now = context.now();
        match project.journal.next_due()? {
            None if taken == 0 || project.journal.version()? == seen => return Ok(()),
            Some(due) if due > now => {
                let nap_ms = u64::try_from((due - now).min(NAP_MAX_MS)).unwrap_or(0);
                project.journal.wait_change(seen, Duration::from_millis(nap_ms))?;
            }
            _ => {}
        }
    }
}
