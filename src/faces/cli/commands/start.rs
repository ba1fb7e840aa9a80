//! `wfmcp` without arguments: what is running, what waits, and what to type next.

use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::Error;
use crate::operations::actions::ListPendingActions;
use crate::operations::report::{ActionSummary, RunSummary};
use crate::operations::runs::{ListRuns, UNFINISHED};
use serde::{Deserialize, Serialize};

const SHOWN_MAX: usize = 8;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overview {
    pub project: String,
    pub runs: Vec<RunSummary>,
    pub actions: Vec<ActionSummary>,
    pub next: Vec<String>,
}

pub fn greet(session: &Session) -> Result<Outcome, Error> {
    let unfinished = UNFINISHED.map(str::to_owned).to_vec();
    let runs = session
        .perform(ListRuns { status: unfinished, limit: Some(SHOWN_MAX), ..ListRuns::default() })?
        .items;
    let actions = session
        .perform(ListPendingActions { limit: Some(SHOWN_MAX), ..ListPendingActions::default() })?
        .items;
    let next = next(&runs, &actions);
    let project = session.context.project()?.row.name.clone();
    Outcome::of(&Overview { project, runs, actions, next }, views::overview, codes::DONE)
}

fn next(runs: &[RunSummary], actions: &[ActionSummary]) -> Vec<String> {
    let mut next = Vec::new();
    if let Some(action) = actions.iter().find(|action| action.holder.is_none()).or(actions.first()) {
        next.push(format!("wfmcp submit {}", action.action_id));
    }
    if let Some(run) = runs.iter().find(|run| run.status == "paused") {
        next.push(format!("wfmcp runs resume {}", run.run_id));
    }
    if let Some(run) = runs.iter().find(|run| run.status == "running" || run.status == "waiting") {
        next.push(format!("wfmcp status {} --watch", run.run_id));
    }
    if next.is_empty() {
        next.extend(["wfmcp run FILE", "wfmcp workflows list", "wfmcp --help"].map(str::to_owned));
    }
    next
}
