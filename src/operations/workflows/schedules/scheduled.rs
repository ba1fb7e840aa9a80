//! The workflows of a project as far as their schedules go: those of the catalogue and of the project's folders.

use crate::language;
use crate::language::model;
use crate::language::plan::Schedule;
use crate::language::plan::timetable::{Timetable, is_zone};
use crate::language::source::Source;
use crate::operations::documents::{Document, Origin, candidates, workflow_folders};
use crate::operations::{Context, Error, WorkflowName};
use crate::platform::zone;
use crate::store::catalog::Listing;
use crate::store::schedules::{ScheduleKey, ScheduleRow};
use std::path::Path;

/// What stands for a file as the place of a document that is kept in the catalogue.
pub const CATALOGUE: &str = "catalogue";

/// A workflow that can be started by name.
pub struct Scheduled {
    pub key: ScheduleKey,
    pub document: Document,
    pub says: Says,
}

pub enum Says {
    /// No schedule, or one that is archived.
    Nothing,
    This(Schedule),
    /// It is being written, or was written wrong: what it said before counts.
    Unclear,
}

impl Scheduled {
    /// What it is started by.
    pub fn name(&self) -> WorkflowName {
        match &self.document.origin {
            Origin::File(path) => WorkflowName(path.to_string_lossy().into_owned()),
            Origin::Catalogue { .. } | Origin::BuiltIn { .. } => WorkflowName(self.key.workflow.clone()),
        }
    }
}

pub fn scheduled(context: &Context) -> Result<Vec<Scheduled>, Error> {
    let candidates = candidates(context, "workflow", Listing::WithArchived)?;
    let found = candidates.into_iter().filter_map(|(workflow, document)| {
        let (source, archived) = match &document.origin {
            Origin::File(path) => (full(path), false),
            Origin::Catalogue { archived, .. } => (CATALOGUE.to_owned(), *archived),
            Origin::BuiltIn { .. } => return None,
        };
        let says = if archived { Says::Nothing } else { says(&document.text) };
        Some(Scheduled { key: ScheduleKey { workflow, source }, document, says })
    });
    Ok(found.collect())
}

fn says(text: &str) -> Says {
    // Most say nothing of it, and need not be read.
    if !text.contains("schedule") {
        return Says::Nothing;
    }
    let Some(document) = language::read(&Source::new("", text)).document else { return Says::Unclear };
    let model::Document::Workflow(workflow) = document else { return Says::Nothing };
    match workflow.schedule {
        Some(schedule) if is_clear(&schedule) => Says::This(schedule),
        None if workflow.node.entry("schedule").is_none() => Says::Nothing,
        _ => Says::Unclear,
    }
}

fn is_clear(schedule: &Schedule) -> bool {
    Timetable::new(&schedule.cron, jiff::tz::TimeZone::UTC).is_ok()
        && schedule.time_zone.as_deref().is_none_or(is_zone)
}

/// Whether this schedule, which is kept somewhere, would be among `found` if it were still there.
pub fn is_gone(context: &Context, row: &ScheduleRow, found: &[Scheduled]) -> bool {
    match found.iter().find(|one| one.key == row.key) {
        Some(one) => matches!(one.says, Says::Nothing),
        None if row.key.source == CATALOGUE => true,
        None => {
            // Files in the folders of others are theirs to look for.
            let folder = Path::new(&row.key.source).parent();
            let own = workflow_folders(context);
            own.iter().filter_map(|own| own.canonicalize().ok()).any(|own| Some(own.as_path()) == folder)
        }
    }
}

/// When the times of a schedule are.
pub fn timetable(cron: &str, time_zone: &str) -> Result<Timetable, Error> {
    let zone = zone::named(time_zone)
        .ok_or_else(|| Error::input(format!("this machine knows no time zone `{time_zone}`")))?;
    Timetable::new(cron, zone).map_err(|error| Error::input(format!("`{cron}` is not a cron line: {error}")))
}

/// The same for whoever is in a folder that leads there by another way.
fn full(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}
