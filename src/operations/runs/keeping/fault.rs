//! Whether a run is what was written: its journal, artifacts and plan, and what lists show of it.

use crate::drivers::driver::{self, Difference};
use crate::engine::event::{Event, Key, PlanHash, RunId};
use crate::language::plan;
use crate::operations::runs::bundle::names;
use crate::operations::{Error, Project};
use crate::store;
use crate::store::applications::ApplicationFilter;
use crate::store::maintenance::BrokenLink;
use serde_json::Value;
use std::collections::BTreeSet;

/// How a run stands, as far as it could be looked at.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    pub events: u64,
    /// The link of its last entry.
    pub chain: String,
    /// A rolling hash of its decisions.
    pub trail: Option<String>,
    pub fault: Option<Fault>,
}

/// The first kind of thing that is not what was written.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A newer release wrote it; what that said.
    Newer(String),
    /// The journal, or an artifact that it refers to.
    Link(BrokenLink),
    Plan(Difference),
    /// The events can't have happened with this plan; why.
    Replay(String),
    /// What lists say, all of it.
    Lists(Vec<Difference>),
}

pub fn check_run(project: &Project, run: &RunId) -> Result<Checked, Error> {
    let mut checked = Checked::default();
    checked.fault = look(project, run, &mut checked)?;
    Ok(checked)
}

fn look(project: &Project, run: &RunId, checked: &mut Checked) -> Result<Option<Fault>, Error> {
    match project.maintenance.verify(run) {
        Ok(None) => {}
        Ok(Some(broken)) => return Ok(Some(Fault::Link(broken))),
        Err(error @ store::Error::Newer { .. }) => return Ok(Some(Fault::Newer(error.to_string()))),
        Err(error) => return Err(error.into()),
    }
    let head = project.maintenance.head(run)?;
    (checked.events, checked.chain) = (head.seq, head.chain);
    if let Some(difference) = compare_plan(project, run, &head.plan)? {
        return Ok(Some(Fault::Plan(difference)));
    }
    let examined = match project.driver()?.examine(run) {
        Ok(examined) => examined,
        Err(driver::Error::Store(error @ store::Error::Damaged { .. })) => {
            return Ok(Some(Fault::Replay(error.to_string())));
        }
        Err(error) => return Err(error.into()),
    };
    checked.trail = Some(names::trail(examined.trail));
    // Where it went on meanwhile, both were looked at a moment apart.
    if examined.events != project.maintenance.head(run)?.seq {
        return Ok(None);
    }
    if examined.plan != head.plan {
        return Ok(Some(Fault::Plan(plan_is(&examined.plan, head.plan.to_string()))));
    }
    let application = match &examined.application {
        Some(expected) => compare_application(project, run, expected)?,
        None => None,
    };
    let cached = compare_cached(project, run)?;
    let differences: Vec<Difference> =
        examined.differences.into_iter().chain(application).chain(cached).collect();
    Ok((!differences.is_empty()).then_some(Fault::Lists(differences)))
}

fn compare_plan(project: &Project, run: &RunId, hash: &PlanHash) -> Result<Option<Difference>, Error> {
    let got = match project.journal.plan(hash) {
        Ok(text) => plan::hash(&text),
        Err(store::Error::NotFound { .. }) => {
            // Not where both were pruned in between.
            project.maintenance.head(run)?;
            "nothing".to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    Ok((got != hash.as_str()).then(|| plan_is(hash, got)))
}

fn plan_is(expected: &PlanHash, got: String) -> Difference {
    Difference { what: "plan".to_owned(), expected: expected.to_string(), got }
}

fn compare_application(
    project: &Project,
    run: &RunId,
    expected: &Value,
) -> Result<Option<Difference>, Error> {
    let filter = ApplicationFilter { run: Some(run.clone()), ..ApplicationFilter::default() };
    let found = project.applications.applications(&filter)?;
    let got = found.first().and_then(|row| serde_json::to_value(row).ok()).unwrap_or_default();
    Ok((got != *expected).then(|| Difference {
        what: "its application".to_owned(),
        expected: expected.to_string(),
        got: got.to_string(),
    }))
}

/// What others may take from a run was made by a step that had looked for it before. What is missing is made anew.
fn compare_cached(project: &Project, run: &RunId) -> Result<Vec<Difference>, Error> {
    let mut cached = project.maintenance.cached(run)?;
    if !cached.is_empty() {
        let events = project.journal.skim(run)?;
        let sought = events.iter().filter_map(|recorded| match &recorded.event {
            Event::Sought { step, digest, .. } => Some((step, digest.as_str())),
            _ => None,
        });
        let sought: BTreeSet<(&Key, &str)> = sought.collect();
        cached.retain(|row| !sought.contains(&(&row.step, row.digest.as_str())));
    }
    let differences = cached.into_iter().map(|row| Difference {
        what: format!("what {} made, in the cache", row.step),
        expected: "under a key of its own".to_owned(),
        got: format!("under {}", row.digest),
    });
    Ok(differences.collect())
}

/// Makes what lists say of a run from its journal anew.
pub fn mend_lists(project: &Project, run: &RunId) -> Result<(), Error> {
    project.driver()?.rebuild(run)?;
    if !compare_cached(project, run)?.is_empty() {
        project.maintenance.forget_cached(run)?;
    }
    Ok(())
}
