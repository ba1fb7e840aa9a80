//! Whoever touches a project sees to it that its runs go on: those whose carrier died, and those whose time has come.

use crate::operations::Context;
use crate::operations::error::Error;

/// A time this near is worth a process that waits for it: whoever waited for it may have died.
const SOON_MS: i64 = 60_000;

/// Take up what is ready or soon will be, in a process of its own unless this one stays.
pub fn tend(context: &Context) -> Result<(), Error> {
    let Some(project) = context.project_in_use().filter(|_| context.may_act()) else { return Ok(()) };
    let driver = project.driver()?;
    driver.free_abandoned()?;
    if driver.carries_all() {
        driver.carry_ready()?;
        return Ok(());
    }
    let now = context.now();
    let soon = project.journal.next_due()?.is_some_and(|due| due <= now.saturating_add(SOON_MS));
    if soon || !project.journal.ready(now)?.is_empty() {
        context.world().carry_in_background(&project.row)?;
    }
    Ok(())
}

/// From now on and for as long as it lives, this process carries every run of the project that wants it.
pub fn stay(context: &Context) -> Result<(), Error> {
    context.project()?.driver()?.carry_ready()?;
    Ok(())
}
