//! `wfmcp workflows schedules`.

use super::firing::Firing;
use super::scheduled::{Says, Scheduled, is_gone, scheduled, timetable};
use crate::language::plan::Schedule;
use crate::operations::documents::plan_text;
use crate::operations::page::{Page, Place};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Context, Error, Operation, Project, Toolset};
use crate::platform::zone;
use crate::store::schedules::{FiringFilter, ScheduleKey, ScheduleRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// List workflows that start by themselves: when next, how it went last.
///
/// A running server of the project starts them: `wfmcp serve`.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListSchedules {
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleView {
    pub workflow: String,
    /// `catalogue`, or the path of its file.
    pub origin: String,
    pub cron: String,
    pub time_zone: String,
    /// Absent where the document can't be seen from here, or can't be read.
    pub catch_up: Option<bool>,
    pub overlap: Option<bool>,
    /// How many running servers look after it; with none it does not start.
    pub servers: usize,
    /// Absent where it never comes again.
    pub next_at: Option<String>,
    pub last: Option<Firing>,
    /// Why it can't be started.
    pub problem: Option<String>,
}

impl Operation for ListSchedules {
    const NAME: &'static str = "list_schedules";
    const COMMAND: &'static [&'static str] = &["workflows", "schedules"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp workflows schedules";
    type Output = Page<ScheduleView>;

    async fn perform(self, context: &Context) -> Result<Page<ScheduleView>, Error> {
        let place = Place::read(Self::NAME, &(), self.limit, self.cursor.as_deref())?;
        let project = context.project()?;
        let found = scheduled(context)?;
        let rows = project.schedules.schedules()?;
        let kept = rows.iter().filter(|row| !is_gone(context, row, &found)).map(|row| &row.key);
        let said = found.iter().filter(|one| matches!(one.says, Says::This(_))).map(|one| &one.key);
        let keys: BTreeSet<&ScheduleKey> = kept.chain(said).collect();
        let page = place.of(keys.into_iter().collect(), |key| format!("{}\n{}", key.workflow, key.source));
        let Page { items, has_more, cursor } = page;
        let known = Known { rows: &rows, found: &found, attendants: attendants(project)? };
        let items = items.into_iter().filter_map(|key| known.view(context, key).transpose());
        Ok(Page { items: items.collect::<Result<_, _>>()?, has_more, cursor })
    }
}

/// Each schedule with each living server that looks after it.
fn attendants(project: &Project) -> Result<Vec<ScheduleKey>, Error> {
    let all = project.schedules.attendants()?;
    let living = all.into_iter().filter(|(_, owner)| !project.journal.is_gone(owner));
    Ok(living.map(|(key, _)| key).collect())
}

struct Known<'a> {
    rows: &'a [ScheduleRow],
    found: &'a [Scheduled],
    attendants: Vec<ScheduleKey>,
}

impl Known<'_> {
    fn view(&self, context: &Context, key: &ScheduleKey) -> Result<Option<ScheduleView>, Error> {
        let row = self.rows.iter().find(|row| row.key == *key);
        let workflow = self.found.iter().find(|one| one.key == *key);
        let says = workflow.and_then(|one| match &one.says {
            Says::This(schedule) => Some(schedule),
            Says::Nothing | Says::Unclear => None,
        });
        let Some((cron, time_zone)) = when(row, says) else { return Ok(None) };
        // What is done with is done with, whatever the clock says.
        let after = row.map_or(0, |row| row.since).max(context.now());
        let timetable = timetable(&cron, &time_zone);
        let problem = timetable.as_ref().err().map(|error| error.message.clone());
        let last = FiringFilter {
            workflow: Some(key.workflow.clone()),
            source: Some(key.source.clone()),
            limit: Some(1),
            ..FiringFilter::default()
        };
        let last = context.project()?.schedules.firings(&last)?.pop();
        Ok(Some(ScheduleView {
            workflow: key.workflow.clone(),
            origin: workflow.map_or_else(|| key.source.clone(), |one| one.document.place(context)),
            next_at: timetable.ok().and_then(|timetable| timetable.next(after)).map(rfc3339),
            cron,
            time_zone,
            catch_up: says.map(|says| says.catch_up),
            overlap: says.map(|says| says.overlap),
            servers: self.attendants.iter().filter(|attended| *attended == key).count(),
            last: last.map(|row| Firing::of(context, row)).transpose()?,
            problem: problem.or_else(|| workflow.and_then(|workflow| obstacle(context, workflow))),
        }))
    }
}

/// The line and the zone: as the document says by now, in the zone that the servers agreed on where it says none.
fn when(row: Option<&ScheduleRow>, says: Option<&Schedule>) -> Option<(String, String)> {
    let cron = says.map(|says| &says.cron).or(row.map(|row| &row.cron))?;
    let zone = says.and_then(|says| says.time_zone.as_ref()).or(row.map(|row| &row.time_zone));
    Some((cron.clone(), zone.cloned().unwrap_or_else(zone::here)))
}

fn obstacle(context: &Context, workflow: &Scheduled) -> Option<String> {
    let shown = workflow.document.shown(context);
    match plan_text(context, &shown, &workflow.document.text) {
        Err(error) => Some(error.message),
        Ok((plan, _)) => {
            let input = plan.inputs.iter().find(|input| input.default_value().is_none())?;
            Some(format!("the input `{}` has no default", input.name))
        }
    }
}
