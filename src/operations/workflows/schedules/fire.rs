//! What becomes of one time of a schedule: a run, or a note why there is none. Both are one transaction with taking the
//! time, so that of any number of servers one does it, and a crash leaves nothing half done.

use super::firing::FiringOutcome;
use super::scheduled::Scheduled;
use crate::drivers::driver::{self, Start};
use crate::engine::event::{Actor, Face, RunId};
use crate::operations::runs::{Beginning, prepare};
use crate::operations::time::rfc3339;
use crate::operations::{Context, Error, Kind, put_on_record};
use crate::store::audit::AuditRow;
use crate::store::journal::Stays;
use crate::store::schedules::{FiringRow, ScheduleRow};
use serde_json::{Map, Value};

/// Who starts what a schedule says.
const NAME: &str = "schedule";

/// A time of a schedule that has come.
#[derive(Clone, Copy)]
pub struct Slot<'a> {
    pub row: &'a ScheduleRow,
    pub at: i64,
    /// How many of its times this one stands for.
    pub times: u64,
}

impl Slot<'_> {
    fn noted(&self, now: i64, outcome: FiringOutcome) -> FiringRow {
        FiringRow {
            id: 0,
            key: self.row.key.clone(),
            slot: self.at,
            at: now,
            outcome: outcome.name().to_owned(),
            run: None,
            reason: None,
            times: self.times,
        }
    }
}

/// Start the run of this time, or keep why it can't be started.
pub fn fire(context: &Context, slot: Slot<'_>, workflow: &Scheduled) -> Result<(), Error> {
    let by = Actor::new(NAME, Face::Engine);
    let prepared = prepare(context, beginning(slot, workflow)).map(|start| Start { by: by.clone(), ..start });
    if let Err(error) = &prepared
        && matches!(error.kind, Kind::Unavailable | Kind::Store | Kind::Internal)
    {
        // That is this machine's trouble just now: the time is taken when it can be.
        return Err(error.clone());
    }
    let Some(run) = settle(context, slot, prepared)? else { return Ok(()) };
    tracing::info!(workflow = slot.row.key.workflow, run = run.as_str(), "started by its schedule");
    put_on_record(
        context.world(),
        &AuditRow {
            id: 0,
            at: context.now(),
            by,
            project: Some(context.project()?.row.id.clone()),
            operation: "start_workflow".to_owned(),
            target: Some(slot.row.key.workflow.clone()),
            outcome: "done".to_owned(),
        },
    );
    Ok(context.project()?.driver()?.carry(&run)?)
}

/// Leave the time out, and keep why.
pub fn skip(context: &Context, slot: Slot<'_>, reason: &str) -> Result<(), Error> {
    keep(context, slot, FiringOutcome::Skipped, reason)
}

/// Keep what became of a time without a run, where this process takes it.
fn keep(context: &Context, slot: Slot<'_>, outcome: FiringOutcome, reason: &str) -> Result<(), Error> {
    let project = context.project()?;
    let noted = FiringRow { reason: Some(reason.to_owned()), ..slot.noted(context.now(), outcome) };
    project.journal.together(&mut || {
        if project.schedules.take(&slot.row.key, slot.row.since, slot.at)? {
            project.schedules.note(&noted)?;
        }
        Ok(Stays::All)
    })?;
    Ok(())
}

fn beginning(slot: Slot<'_>, workflow: &Scheduled) -> Beginning {
    let labels = [("schedule", slot.row.cron.clone()), ("slot", rfc3339(slot.at))];
    let labels = labels.map(|(name, value)| (name.to_owned(), Value::String(value)));
    Beginning {
        workflow: workflow.name(),
        inputs: Map::new(),
        dir: None,
        labels: Map::from_iter(labels),
        work_item: None,
        no_cache: false,
    }
}

/// The run, where this process took the time and one could be started.
fn settle(context: &Context, slot: Slot<'_>, prepared: Result<Start, Error>) -> Result<Option<RunId>, Error> {
    let failed = |error: &Error| {
        keep(context, slot, FiringOutcome::Failed, &context.world().redact(&told(error)))?;
        Ok(None)
    };
    let start = match prepared {
        Ok(start) => start,
        Err(error) => return failed(&error),
    };
    let project = context.project()?;
    let take = || project.schedules.take(&slot.row.key, slot.row.since, slot.at);
    let begun = project.driver()?.start_beside(start, &mut |run| {
        if !take()? {
            return Ok(false);
        }
        let started = slot.noted(context.now(), FiringOutcome::Started);
        project.schedules.note(&FiringRow { run: Some(run.clone()), ..started })?;
        Ok(true)
    });
    match begun {
        // Another server has the time, or it was fired before the schedule began anew: it is done with.
        Ok(None) => take().map(|_| None).map_err(Error::from),
        Err(driver::Error::Store(error)) => Err(error.into()),
        Err(error) => failed(&error.into()),
        begun => Ok(begun?),
    }
}

/// In a line, for a list.
fn told(error: &Error) -> String {
    let first = error.findings.iter().find(|finding| finding.severity == "error");
    match first {
        Some(finding) => format!("{}: {}", error.message, finding.message),
        None => error.in_full(),
    }
}
