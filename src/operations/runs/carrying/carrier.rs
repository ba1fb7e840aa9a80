//! What the process behind `run --detach` does: carry a project's runs until nothing is left to carry.

use crate::operations::{Context, Error};
use std::time::Duration;

/// Longest sleep in one piece, so that a clock that was set is noticed.
const NAP_MAX_MS: i64 = 60_000;
/// Shortest sleep, for what is due and is somebody else's to carry.
const NAP_MIN_MS: i64 = 100;
/// While something is carried, an owner that dies elsewhere is noticed this soon.
const LOOK_MS: i64 = 1_000;

/// Carry what is ready, sleep until something else is, and return once no run waits for a time. One process of a
/// project does it: others leave at once.
pub fn carry_all(context: &Context) -> Result<(), Error> {
    let project = context.project()?;
    while let Some(turn) = context.world().background_turn(&project.row)? {
        let seen = carry_to_rest(context)?;
        drop(turn);
        // What came while this process was about to leave may have been left to it.
        if project.journal.version()? == seen {
            return Ok(());
        }
    }
    Ok(())
}

/// The version of the journal that had nothing left to carry.
fn carry_to_rest(context: &Context) -> Result<u64, Error> {
    let project = context.project()?;
    let driver = project.driver()?;
    loop {
        let seen = project.journal.version()?;
        if !context.world().config()?.paths.data.is_dir() {
            // Somebody removed the home: there is nothing left to carry it for.
            return Ok(seen);
        }
        let taken = driver.carry_ready()?;
        let due = project.journal.next_due()?;
        let nap_ms = match due {
            _ if taken > 0 || !driver.is_idle() => LOOK_MS,
            Some(due) => due.saturating_sub(context.now()).clamp(NAP_MIN_MS, NAP_MAX_MS),
            None if project.journal.anybody_waits_for_a_turn()? => LOOK_MS,
            None => return Ok(seen),
        };
        project.journal.wait_change(seen, Duration::from_millis(u64::try_from(nap_ms).unwrap_or(0)))?;
    }
}
