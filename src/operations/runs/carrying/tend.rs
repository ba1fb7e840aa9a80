//! Whoever touches a project sees to it that its runs go on: those whose carrier died, and those whose time has come.
//! A server does so for as long as it lives, and starts what the project's schedules say.

use crate::operations::Context;
use crate::operations::error::Error;
use crate::operations::workflows::schedules::Attendance;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// A time this near is worth a process that waits for it: whoever waited for it may have died.
const SOON_MS: i64 = 60_000;

/// Longest sleep of a server, so that a file that is new and a clock that was set are noticed.
const NAP_MAX: Duration = Duration::from_secs(15);
/// What is written to a project comes in bursts: between two looks there is this much.
const BREATH: Duration = Duration::from_secs(1);
const NAP_MIN: Duration = Duration::from_millis(10);

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

/// Until `has_ended` this process carries every run of the project that wants it, and starts what its schedules say.
/// `enter` is asked for each look: which project is meant may change.
pub fn stay(enter: &dyn Fn() -> Context, has_ended: &dyn Fn() -> bool) {
    let mut attendance = Attendance::default();
    let mut trouble = String::new();
    while !has_ended() {
        let looked = catch_unwind(AssertUnwindSafe(|| look(&mut attendance, enter)));
        let told = match looked {
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => error.message,
            Err(_) => "a bug in wfmcp".to_owned(),
        };
        if !told.is_empty() {
            if told != trouble {
                tracing::warn!(error = told, "this server can't look after the project just now");
            }
            std::thread::sleep(NAP_MAX);
        }
        trouble = told;
    }
}

/// Do what is to be done, and sleep until there may be more.
fn look(attendance: &mut Attendance, enter: &dyn Fn() -> Context) -> Result<(), Error> {
    let context = enter();
    let project = context.project()?;
    let driver = project.driver()?;
    if !driver.carries_all() {
        driver.carry_ready()?;
    }
    let seen = project.journal.version()?;
    let due = attendance.look(&context)?;
    let left = || {
        let left = due.map(|due| Duration::from_millis(u64::try_from(due - context.now()).unwrap_or(0)));
        left.map_or(NAP_MAX, |left| left.clamp(NAP_MIN, NAP_MAX))
    };
    if project.journal.wait_change(seen, left())? {
        std::thread::sleep(left().min(BREATH));
    }
    Ok(())
}
