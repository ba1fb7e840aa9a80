//! Whether something changed since one last looked: stamps that are cheap to take and differ once it has. They are
//! compared with an earlier one of the same process and mean nothing else.

use crate::operations::{Context, Error, RunName, documents, reference};
use crate::store::catalog::Listing;
use crate::store::journal::RunFilter;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

pub type Stamp = u64;

/// Of a run: its state, its log, what waits in it.
pub fn run(context: &Context, name: &RunName) -> Result<Stamp, Error> {
    let project = context.project()?;
    let run = reference::run(context, project, name)?;
    let events = project.driver()?.wait_change(&run, 0, Duration::ZERO)?;
    Ok(of(&(run.as_str(), events)))
}

/// Of which projects, workflows and runs there are.
pub fn lists(context: &Context) -> Result<Stamp, Error> {
    let project = context.project()?;
    let projects: Vec<_> =
        context.registry()?.list()?.into_iter().map(|row| (row.id, row.updated_at, row.archived)).collect();
    let newest = project.journal.runs(&RunFilter { limit: Some(1), ..RunFilter::default() })?;
    let newest = newest.first().map(|row| row.run.to_string());
    Ok(of(&(projects, newest, project.journal.count_runs()?, kept(context, "workflow")?)))
}

/// Of which prompts there are.
pub fn prompts(context: &Context) -> Result<Stamp, Error> {
    Ok(of(&kept(context, "prompt")?))
}

/// Documents of a kind, wherever they are kept.
fn kept(context: &Context, kind: &str) -> Result<impl Hash, Error> {
    let rows = context.project()?.catalog.list(kind, Listing::Current)?;
    let rows: Vec<_> = rows.into_iter().map(|row| (row.name, row.version)).collect();
    Ok((rows, documents::files(context, kind)))
}

/// Wait until somebody commits to the project, at most `timeout`; its version then.
pub fn wait(context: &Context, seen: u64, timeout: Duration) -> Result<u64, Error> {
    let journal = &context.project()?.journal;
    journal.wait_change(seen, timeout)?;
    Ok(journal.version()?)
}

fn of(what: &impl Hash) -> Stamp {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
