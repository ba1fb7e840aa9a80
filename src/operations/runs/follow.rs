//! Carrying a run until it needs somebody or ends, through the times it waits for; and handing out what it then needs.

use crate::drivers::driver::{ActionRef, Driver};
use crate::engine::event::{ActionId, Face, RunId};
use crate::engine::status::{RunReport, Status};
use crate::operations::context::{Context, Project};
use crate::operations::error::Error;
use crate::operations::time::millis;
use std::time::Duration;

/// How long a caller waits when it does not say: shorter than what the most impatient client allows.
pub const WAIT_DEFAULT: Duration = Duration::from_secs(25);

/// Longest sleep in one piece while a run waits for a time, so that a clock that was set is noticed.
const NAP_MAX_MS: u64 = 60_000;
/// Shortest, for one who only looks and may have to wait for another to take the run up.
const NAP_MIN_MS: u64 = 5;

/// Take the run up in this process, and everything else of its project that was left lying.
pub fn carry(project: &Project, run: &RunId) -> Result<(), Error> {
    let driver = project.driver()?;
    driver.carry(run)?;
    driver.carry_ready()?;
    Ok(())
}

/// What the one who follows does when a time has come that the run waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follower {
    Carries,
    OnlyLooks,
}

/// The run's report once it needs somebody or has ended, or when `wait` is over.
pub fn follow(
    context: &Context,
    project: &Project,
    run: &RunId,
    wait: Duration,
    follower: Follower,
) -> Result<RunReport, Error> {
    let driver = project.driver()?;
    if wait.is_zero() {
        return Ok(driver.describe(run)?);
    }
    let until = context.now().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
    loop {
        let left = remaining(context, until);
        let report = driver.wait(run, Some(left))?;
        let due = report.due_at.as_deref().and_then(millis).filter(|_| report.status == Status::Waiting);
        let over = left.is_zero() || remaining(context, until).is_zero();
        match due {
            Some(due) if !over => {
                sleep_until(context, driver.as_ref(), run, due.min(until))?;
                if follower == Follower::Carries {
                    driver.carry(run)?;
                }
            }
            None if report.status == Status::Running && !over => {}
            _ => return Ok(report),
        }
    }
}

/// Wait for the due time, or for anybody to move the run on before it.
fn sleep_until(context: &Context, driver: &dyn Driver, run: &RunId, due: i64) -> Result<(), Error> {
    let seq = driver.log(run, 0)?.last().map_or(0, |line| line.seq);
    let nap_ms = u64::try_from(due - context.now()).unwrap_or(0).clamp(NAP_MIN_MS, NAP_MAX_MS);
    driver.wait_change(run, seq, Duration::from_millis(nap_ms))?;
    Ok(())
}

fn remaining(context: &Context, until: i64) -> Duration {
    Duration::from_millis(u64::try_from(until - context.now()).unwrap_or(0))
}

/// An agent that gets an action in an answer holds it from then on; a terminal's caller takes it when it wants it.
pub fn hand_out(
    context: &Context,
    project: &Project,
    run: &RunId,
    report: RunReport,
) -> Result<RunReport, Error> {
    let agent = matches!(context.actor.face, Face::Mcp | Face::Http);
    let Some(action) = report.action.as_ref().filter(|action| agent && action.lease.is_none()) else {
        return Ok(report);
    };
    let id = action.action_id.rsplit_once('-').map_or(action.action_id.as_str(), |(id, _)| id);
    let wanted = ActionRef { run: run.clone(), action: ActionId::new(id), generation: None };
    let driver = project.driver()?;
    match driver.lease(&wanted, &context.actor, None) {
        Ok(_) => Ok(driver.describe(run)?),
        // Somebody was quicker, or it is not this caller's to do: the report still says what waits.
        Err(_) => Ok(report),
    }
}

/// What the caller asked for, or the default.
pub fn wait_of(seconds: Option<u64>) -> Duration {
    seconds.map_or(WAIT_DEFAULT, Duration::from_secs)
}
