//! The runs of a project: whether each journal is what was written, fits its plan, and is what lists say.

use super::checks::Opened;
use super::finding::Found;
use super::mend::Remedy;
use super::patient::Patient;
use crate::drivers::driver::Difference;
use crate::operations::runs::{Fault, check_run};
use crate::operations::{Error, Kind, Project};
use crate::store::journal::{RunFilter, RunRow};

const RUNS_TOGETHER: usize = 500;

pub(super) fn journals(patient: &Patient<'_>, opened: &Opened<'_>) -> Result<Vec<Found>, Error> {
    let project = opened.project;
    let mut found = Vec::new();
    let mut filter = RunFilter { limit: Some(RUNS_TOGETHER), ..RunFilter::default() };
    loop {
        let rows = project.journal.runs(&filter)?;
        for row in &rows {
            patient.count_run();
            patient.hear_of(row.updated_at, || place(project, row));
            found.extend(of_run(project, row)?);
        }
        match rows.last() {
            Some(last) if rows.len() == RUNS_TOGETHER => filter.before = Some(last.run.clone()),
            _ => return Ok(found),
        }
    }
}

pub(super) fn place(project: &Project, row: &RunRow) -> String {
    format!("project {}, run {} ({})", project.row.name, row.run, row.workflow)
}

fn of_run(project: &Project, row: &RunRow) -> Result<Option<Found>, Error> {
    let place = place(project, row);
    let stays = "the run stays where it is; the others are not affected";
    let backup =
        "restore the project's folder from a backup, or leave the run: wfmcp runs log shows what can be read";
    let fault = match check_run(project, &row.run) {
        Ok(checked) => checked.fault,
        // It was deleted while we looked.
        Err(error) if error.kind == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(fault.map(|fault| match fault {
        Fault::Link(link) => {
            let (code, what) = match link.artifact {
                Some(_) => ("artifact-damaged", "a large value of it is missing or changed"),
                None => ("journal-broken", "its journal is not what was written"),
            };
            let what = format!("{what}: from event {} on, {}", link.seq, link.reason);
            Found::error(code, what, place).why(stays).mend(backup)
        }
        Fault::Newer(reason) => {
            let what = format!("a newer release wrote its journal: {reason}");
            Found::error("run-newer", what, place).why(stays).mend("update wfmcp")
        }
        Fault::Plan(Difference { expected, got, .. }) => {
            let what = format!("its plan is not what it began with: it was {expected}, and is {got}");
            Found::error("plan-damaged", what, place).why(stays).mend(backup)
        }
        Fault::Replay(reason) => {
            let what = format!("its journal does not fit its plan: {reason}");
            Found::error("journal-broken", what, place).why(stays).mend(backup)
        }
        Fault::Lists(differences) => {
            let told = differences.iter().map(|Difference { what, expected, got }| {
                format!("{what} is {got}, by the journal {expected}")
            });
            let what =
                format!("lists say something else than its journal: {}", told.collect::<Vec<_>>().join("; "));
            Found::error("lists-differ", what, place)
                .why("lists, inboxes and whoever carries runs are led astray; the journal is what counts")
                .mend("make the lists from the journal anew")
                .by(Remedy::Rebuild { project: project.row.clone(), run: row.run.clone() })
        }
    }))
}
