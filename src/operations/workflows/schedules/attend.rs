//! A server looks after the schedules of its project: it knows those that are new, forgets those that are gone, and does
//! what is due. Any number of servers do so side by side; each time is one's.

use super::fire::{Slot, fire, skip};
use super::policy::{Decision, Policy, Why, decide};
use super::scheduled::{Says, Scheduled, is_gone, scheduled, timetable};
use crate::operations::{Context, Error};
use crate::platform::zone;
use crate::store::error::Error as StoreError;
use crate::store::schedules::{FiringFilter, ScheduleKey, ScheduleRow, Schedules};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Bounds how long one schedule keeps the others waiting.
const AT_ONCE: usize = 8;

/// The project whose schedules this process looks after.
#[derive(Default)]
pub struct Attendance {
    project: Option<(String, Arc<dyn Schedules>)>,
}

impl Attendance {
    /// Do what is due in the context's project; when there is something to do again, as far as that is known.
    pub fn look(&mut self, context: &Context) -> Result<Option<i64>, Error> {
        let project = context.project()?;
        if self.project.as_ref().is_none_or(|(id, _)| *id != project.row.id) {
            self.leave(context);
            self.project = Some((project.row.id.clone(), Arc::clone(&project.schedules)));
        }
        let found = scheduled(context)?;
        let mut next: Option<i64> = None;
        let mut kept = Vec::new();
        for row in known(context, &found)? {
            let Some(workflow) = found.iter().find(|one| one.key == row.key) else { continue };
            match pursue(context, workflow) {
                Ok(at) => next = [next, at].into_iter().flatten().min(),
                Err(error) => tracing::warn!(%error, workflow = row.key.workflow, "its schedule has to wait"),
            }
            kept.push(row.key);
        }
        attend(context, kept)?;
        Ok(next)
    }

    /// The project is another one than before.
    fn leave(&mut self, context: &Context) {
        let Some((_, schedules)) = self.project.take() else { return };
        let left = context.world().session().and_then(|session| Ok(schedules.leave(&session)?));
        // A project that was deleted needs nobody to leave it.
        if let Err(error) = left {
            tracing::debug!(%error, "the project before is not left");
        }
    }
}

/// Let be seen that this process looks after these, and that those who are gone do not.
fn attend(context: &Context, kept: Vec<ScheduleKey>) -> Result<(), Error> {
    let project = context.project()?;
    let attendants = project.schedules.attendants()?;
    if kept.is_empty() && attendants.is_empty() {
        return Ok(());
    }
    let owners: BTreeSet<&String> = attendants.iter().map(|(_, owner)| owner).collect();
    for gone in owners.into_iter().filter(|owner| project.journal.is_gone(owner)) {
        project.schedules.leave(gone)?;
    }
    let own = context.world().session()?;
    for key in kept {
        let told = (key, own.clone());
        if !attendants.contains(&told) {
            project.schedules.attend(&told.0, &told.1)?;
        }
    }
    Ok(())
}

/// The schedules that are kept, after what the documents say by now.
fn known(context: &Context, found: &[Scheduled]) -> Result<Vec<ScheduleRow>, Error> {
    let schedules = &context.project()?.schedules;
    let present = schedules.schedules()?;
    let mut changed = false;
    for row in present.iter().filter(|row| is_gone(context, row, found)) {
        schedules.forget(&row.key)?;
        changed = true;
    }
    for workflow in found {
        let Says::This(schedule) = &workflow.says else { continue };
        let row = present.iter().find(|row| row.key == workflow.key);
        // Servers in several zones must agree on one.
        let time_zone = schedule.time_zone.clone().or_else(|| row.map(|row| row.time_zone.clone()));
        let time_zone = time_zone.unwrap_or_else(zone::here);
        if row.is_some_and(|row| row.cron == schedule.cron && row.time_zone == time_zone) {
            continue;
        }
        let (key, cron, since) = (workflow.key.clone(), schedule.cron.clone(), context.now());
        schedules.know(&ScheduleRow { key, cron, time_zone, since }, row)?;
        changed = true;
    }
    if changed { Ok(schedules.schedules()?) } else { Ok(present) }
}

/// Do what is due of one schedule; when it comes next.
fn pursue(context: &Context, workflow: &Scheduled) -> Result<Option<i64>, Error> {
    let policy = match &workflow.says {
        Says::This(schedule) => Policy { catch_up: schedule.catch_up, overlap: schedule.overlap },
        Says::Nothing | Says::Unclear => Policy::default(),
    };
    let schedules = &context.project()?.schedules;
    for _ in 0..AT_ONCE {
        let rows = schedules.schedules()?;
        let Some(row) = rows.into_iter().find(|row| row.key == workflow.key) else { return Ok(None) };
        let (timetable, now) = (timetable(&row.cron, &row.time_zone)?, context.now());
        let mut before = None;
        let goes_on = || {
            before = unfinished(context, &row.key)?;
            Ok(before.is_some())
        };
        match decide(&timetable, policy, (row.since, now), goes_on)? {
            Decision::Wait(next) => return Ok(next),
            Decision::BeginAnew => {
                tracing::warn!(workflow = row.key.workflow, "the clock was ahead: its schedule begins anew");
                schedules.know(&ScheduleRow { since: now, ..row.clone() }, Some(&row))?;
            }
            Decision::Start { slot, times } => fire(context, Slot { row: &row, at: slot, times }, workflow)?,
            Decision::Skip { slot, times, why } => {
                let reason = match (why, before) {
                    (Why::GoesOn, Some(run)) => format!("{run}, which it started before, goes on"),
                    _ => "no server was there at that time".to_owned(),
                };
                skip(context, Slot { row: &row, at: slot, times }, &reason)?;
            }
        }
    }
    Ok(Some(context.now()))
}

/// The last run that the schedule started, if it has not ended.
fn unfinished(context: &Context, key: &ScheduleKey) -> Result<Option<String>, Error> {
    let project = context.project()?;
    let (workflow, source) = (Some(key.workflow.clone()), Some(key.source.clone()));
    let last = FiringFilter { workflow, source, started: true, limit: Some(1), ..FiringFilter::default() };
    let Some(run) = project.schedules.firings(&last)?.into_iter().find_map(|firing| firing.run) else {
        return Ok(None);
    };
    match project.journal.run(&run) {
        Ok(row) => Ok(row.ended_at.is_none().then(|| run.to_string())),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
