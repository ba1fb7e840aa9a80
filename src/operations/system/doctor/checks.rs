//! Every check there is, in the order in which they look: what others stand on first.

use super::finding::Found;
use super::patient::Patient;
use super::{documents, going, place, runs, settings, stores};
use crate::operations::{Context, Error, Project};
use crate::store::registry::ProjectRow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A look at the home, the configuration or what is around them.
type Check = fn(&Patient<'_>) -> Vec<Found>;

/// A look at a project that can be opened.
type ProjectCheck = fn(&Patient<'_>, &Opened<'_>) -> Result<Vec<Found>, Error>;

/// A project, and the caller in it.
pub(super) struct Opened<'a> {
    pub project: &'a Project,
    pub context: Context,
}

const FIRST: &[(&str, Check)] = &[
    ("the home folder", place::home),
    ("the disk", place::disk),
    ("files that were left", place::leftovers),
    ("the registry", stores::registry),
    ("the audit trail", stores::audit),
    ("the folders of projects", stores::folders),
    ("the configuration", settings::configuration),
    ("MCP servers", settings::servers),
    ("the files with secrets", settings::secrets),
    ("the usual shell", settings::shell),
];

const OF_PROJECTS: &[(&str, ProjectCheck)] = &[
    ("runs", runs::journals),
    ("what is pending", going::pending),
    ("what nobody carries", going::not_carried),
    ("the catalogue", documents::catalogue),
];

/// What only those before could tell.
const LAST: &[(&str, Check)] = &[("the clock", going::clock), ("programs", settings::programs)];

pub(super) fn examine(patient: &Patient<'_>) -> Vec<Found> {
    let mut found = all(patient, FIRST);
    for row in &patient.projects {
        found.extend(of_project(patient, row));
    }
    found.extend(all(patient, LAST));
    found.sort_by_key(|found| found.finding.severity);
    found
}

fn all(patient: &Patient<'_>, checks: &[(&str, Check)]) -> Vec<Found> {
    let looks = checks.iter().map(|(name, check)| guarded(patient, name, || Ok(check(patient))));
    looks.flatten().collect()
}

fn of_project(patient: &Patient<'_>, row: &ProjectRow) -> Vec<Found> {
    let (mut found, is_sound) = stores::project(patient, row);
    if !is_sound {
        return found;
    }
    if patient.config.is_err() {
        let what = format!("project {}: its runs and documents, until the configuration is mended", row.name);
        patient.leave_out(what);
        return found;
    }
    let opened = match patient.context.world().glance(row) {
        Ok(Some(project)) => project,
        Ok(None) => return found,
        Err(error) => {
            patient.leave_out(format!("project {}: {error}", row.name));
            return found;
        }
    };
    let opened = Opened { project: &opened, context: patient.context.aside(row) };
    for (name, check) in OF_PROJECTS {
        let name = format!("{name} of project {}", row.name);
        found.extend(guarded(patient, &name, || check(patient, &opened)));
    }
    found
}

/// A check that can't look, whatever keeps it, spoils nothing for the others.
fn guarded(
    patient: &Patient<'_>,
    name: &str,
    check: impl FnOnce() -> Result<Vec<Found>, Error>,
) -> Vec<Found> {
    let why = match catch_unwind(AssertUnwindSafe(check)) {
        Ok(Ok(found)) => return found,
        Ok(Err(error)) => error.message,
        Err(_) => "a bug in wfmcp; please report it".to_owned(),
    };
    patient.leave_out(format!("{name}: {why}"));
    Vec::new()
}
