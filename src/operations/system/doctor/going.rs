//! What should go on and does not, and time that went backwards.

use super::checks::Opened;
use super::finding::Found;
use super::mend::Remedy;
use super::patient::Patient;
use super::runs::place;
use crate::operations::Error;
use crate::operations::time::rfc3339;
use crate::store::journal::{ActionFilter, ActionRow, RunRow};
use std::collections::BTreeSet;

/// Clocks of a network differ, and are set, by less than this.
const TOLERANCE_MS: i64 = 5_000;

pub(super) fn pending(patient: &Patient<'_>, opened: &Opened<'_>) -> Result<Vec<Found>, Error> {
    let project = opened.project;
    let overdue = |action: &ActionRow| action.deadline.is_some_and(|deadline| deadline < patient.now);
    let actions = project.journal.actions(&ActionFilter::default())?.into_iter().filter(overdue);
    let found = actions.map(|action| {
        let name = format!("{}-{}", action.action, action.generation);
        let what = format!(
            "action {name} waits beyond its deadline of {}",
            action.deadline.map(rfc3339).unwrap_or_default()
        );
        let place = format!("project {}, run {}, step {}", project.row.name, action.run, action.step);
        Found::warning("action-overdue", what, place)
            .why("nobody carries the run, so nobody ended the wait")
            .mend("let somebody carry it: any command of the project does, wfmcp serve keeps doing it")
            .by(Remedy::TakeUp { project: project.row.clone() })
    });
    Ok(found.collect())
}

/// Runs that want to go on, that no living process has, and that stay so while they are looked at.
pub(super) fn not_carried(patient: &Patient<'_>, opened: &Opened<'_>) -> Result<Vec<Found>, Error> {
    let project = opened.project;
    let ready = || project.journal.ready(patient.context.now());
    let first = ready()?;
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let told: BTreeSet<String> = project
        .journal
        .actions(&ActionFilter::default())?
        .into_iter()
        .filter(|action| action.deadline.is_some_and(|deadline| deadline < patient.now))
        .map(|action| action.run.to_string())
        .collect();
    let again = ready()?;
    let is_stuck = |row: &&RunRow| again.contains(row) && !told.contains(row.run.as_str());
    let found = first.iter().filter(is_stuck).map(|row| {
        let what = format!("it could go on since {} and nobody carries it", rfc3339(row.updated_at));
        Found::warning("run-not-carried", what, place(project, row))
            .why("the process that carried it is gone, or its time came while none was there")
            .mend("let somebody carry it: any command of the project does, wfmcp serve keeps doing it")
            .by(Remedy::TakeUp { project: project.row.clone() })
    });
    Ok(found.collect())
}

pub(super) fn clock(patient: &Patient<'_>) -> Vec<Found> {
    if let Some(at) = patient.inspection.last_change() {
        patient.hear_of(at, || "the audit trail".to_owned());
    }
    let Some((at, place)) = patient.newest().filter(|(at, _)| *at > patient.now + TOLERANCE_MS) else {
        return Vec::new();
    };
    let what = format!("the clock says {}, and something happened at {}", rfc3339(patient.now), rfc3339(at));
    let found = Found::error("clock-behind", what, place)
        .why("timeouts, leases and schedules are as wrong as the clock is, or was")
        .mend("set the clock (timedatectl shows whether it is kept right); if it was ahead before, wait until it is past that time");
    vec![found]
}
