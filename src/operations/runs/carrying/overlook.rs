//! Looking on at several projects: what goes on in them and what waits, looked at again only where somebody committed.

use crate::operations::projects::survey;
use crate::operations::report::{ActionSummary, Place, RunReport, RunSummary};
use crate::operations::runs::list::UNFINISHED;
use crate::operations::{Context, Error, Project, RunName, reference};
use crate::store::journal::{ActionFilter, ActionRow, RunFilter};
use crate::store::registry::{Bells, ProjectRow, Rung};
use std::collections::BTreeMap;

/// Runs of one project that are shown; the newest.
const RUNS_MAX: usize = 200;

/// What goes on in one project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Going {
    /// What has not ended, newest first.
    pub runs: Vec<RunSummary>,
    pub actions: Vec<ActionSummary>,
    /// Why it can't be looked at.
    pub trouble: Option<String>,
}

/// What was seen of each project, by its name.
pub struct Overlook {
    one: Option<ProjectRow>,
    rows: Vec<ProjectRow>,
    seen: BTreeMap<String, Going>,
}

impl Overlook {
    /// Of the project that the caller named, else of all that are not archived; and what tells when to look again.
    pub fn begin(context: &Context) -> Result<(Self, Box<dyn Bells>), Error> {
        let one = if context.names_project() { Some(context.chosen()?.row) } else { None };
        Self::of(context, one)
    }

    /// Of the project in use.
    pub fn of_project(context: &Context) -> Result<(Self, Box<dyn Bells>), Error> {
        Self::of(context, Some(context.chosen()?.row))
    }

    fn of(context: &Context, one: Option<ProjectRow>) -> Result<(Self, Box<dyn Bells>), Error> {
        let bells = context.world().bells(one.as_ref())?;
        let mut overlook = Self { one, rows: Vec::new(), seen: BTreeMap::new() };
        overlook.list(context)?;
        let all = overlook.rows.clone();
        overlook.look_at(context, &all);
        Ok((overlook, bells))
    }

    /// Look again where somebody committed.
    pub fn look(&mut self, context: &Context, rung: &Rung) -> Result<(), Error> {
        let known: Vec<String> = self.rows.iter().map(|row| row.id.clone()).collect();
        if rung.registry {
            self.list(context)?;
        }
        let is_due = |row: &&ProjectRow| rung.projects.contains(&row.id) || !known.contains(&row.id);
        let due: Vec<ProjectRow> = self.rows.iter().filter(is_due).cloned().collect();
        self.look_at(context, &due);
        Ok(())
    }

    /// What goes on, by the projects' names.
    pub fn going(&self) -> &BTreeMap<String, Going> {
        &self.seen
    }

    /// Whether somebody committed in the project of this name.
    pub fn concerns(&self, rung: &Rung, name: &str) -> bool {
        self.rows.iter().any(|row| row.name == name && rung.projects.contains(&row.id))
    }

    fn list(&mut self, context: &Context) -> Result<(), Error> {
        let is_meant = |row: &ProjectRow| match &self.one {
            Some(one) => row.id == one.id,
            None => !row.archived,
        };
        self.rows = context.registry()?.list()?.into_iter().filter(is_meant).collect();
        let rows = &self.rows;
        self.seen.retain(|name, _| rows.iter().any(|row| row.name == *name));
        Ok(())
    }

    fn look_at(&mut self, context: &Context, rows: &[ProjectRow]) {
        let looks = survey(context, rows, |project| {
            project.map_or(Ok(Going::default()), |project| going_in(context, project))
        });
        for (row, looked) in rows.iter().zip(looks) {
            let going =
                looked.unwrap_or_else(|error| Going { trouble: Some(error.message), ..Going::default() });
            self.seen.insert(row.name.clone(), going);
        }
    }
}

fn going_in(context: &Context, project: &Project) -> Result<Going, Error> {
    let unfinished = UNFINISHED.map(str::to_owned).to_vec();
    let filter = RunFilter { status: unfinished, limit: Some(RUNS_MAX), ..RunFilter::default() };
    let runs = project.journal.runs(&filter)?;
    let mut actions = project.journal.actions(&ActionFilter::default())?;
    // Only what somebody's process holds may have been abandoned by it.
    let is_held = |row: &ActionRow| row.holder.as_ref().is_some_and(|holder| holder.session.is_some());
    if actions.iter().any(is_held) {
        project.driver()?.free_abandoned()?;
        actions = project.journal.actions(&ActionFilter::default())?;
    }
    let now = context.now();
    Ok(Going {
        runs: runs.into_iter().map(RunSummary::from).collect(),
        actions: actions.iter().map(|row| ActionSummary::of(row, &project.row.name, now)).collect(),
        trouble: None,
    })
}

/// A run as somebody looks on at it.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    pub report: RunReport,
    pub places: Vec<Place>,
}

/// How a run stands, place by place.
pub fn look(context: &Context, name: &RunName) -> Result<Look, Error> {
    let project = context.project()?;
    let run = reference::run(context, project, name)?;
    let driver = project.driver()?;
    Ok(Look { report: driver.describe(&run)?, places: driver.places(&run)? })
}
