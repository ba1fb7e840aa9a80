//! Carrying a run until it needs somebody or ends, and handing out what it then needs.

use super::tend;
use crate::drivers::driver::{ActionRef, Driver, Waited};
use crate::engine::event::{ActionId, RunId};
use crate::engine::status::{ActionType, PendingAction, RunReport};
use crate::operations::error::Error;
use crate::operations::{Context, Project};
use std::time::Duration;

/// How long one look takes while the caller waits.
const GLANCE: Duration = Duration::from_secs(2);

/// Take the run up in this process, and see to everything else of its project that was left lying; then its report
/// once it needs somebody or has ended, or when `wait` is over.
pub fn carry(context: &Context, project: &Project, run: &RunId, wait: Duration) -> Result<RunReport, Error> {
    context.follow(run);
    let driver = project.driver()?;
    driver.carry(run)?;
    tend(context)?;
    let report = wait_for(driver.as_ref(), run, wait, || {
        driver.carry(run)?;
        tend(context)
    })?;
    hand_out(context, project, run, report)
}

/// As `carry`, for the run that somebody started: what is done for a part of it is done for the whole.
pub fn carry_whole(
    context: &Context,
    project: &Project,
    part: &RunId,
    wait: Duration,
) -> Result<RunReport, Error> {
    let driver = project.driver()?;
    let mut run = part.clone();
    while let Some(parent) = project.journal.run(&run)?.parent {
        driver.carry(&run)?;
        run = parent;
    }
    carry(context, project, &run, wait)
}

/// The run's report once it needs somebody or has ended, or when `patience` is over. Who carries it may die meanwhile:
/// `keep_up` sees to that now and then.
pub fn wait_for(
    driver: &dyn Driver,
    run: &RunId,
    patience: Duration,
    keep_up: impl Fn() -> Result<(), Error>,
) -> Result<RunReport, Error> {
    let mut left = patience;
    loop {
        let glance = left.min(GLANCE);
        let Waited { report, rests } = driver.wait(run, Some(glance))?;
        left -= glance;
        if rests || left.is_zero() {
            return Ok(report);
        }
        keep_up()?;
    }
}

/// An agent that gets an action in an answer holds it from then on, unless it is meant for somebody else: a decision for
/// people, a delegation for its role. A terminal's caller takes it when it wants it.
fn hand_out(
    context: &Context,
    project: &Project,
    run: &RunId,
    report: RunReport,
) -> Result<RunReport, Error> {
    let agent = context.actor.face.is_agents();
    let for_agents = |kind| matches!(kind, ActionType::Prompt | ActionType::McpCall | ActionType::Manual);
    let is_for_it =
        |action: &&PendingAction| agent && action.lease.is_none() && for_agents(action.action_type);
    let Some(action) = report.action.as_ref().filter(is_for_it) else {
        return Ok(report);
    };
    let id = action.action_id.rsplit_once('-').map_or(action.action_id.as_str(), |(id, _)| id);
    let holder = RunId::new(&action.run_id);
    let wanted = ActionRef { run: holder, action: ActionId::new(id), generation: None };
    let driver = project.driver()?;
    match driver.lease(&wanted, &context.actor, None) {
        Ok(_) => Ok(driver.describe(run)?),
        // Somebody was quicker, or it is not this caller's to do: the report still says what waits.
        Err(_) => Ok(report),
    }
}
