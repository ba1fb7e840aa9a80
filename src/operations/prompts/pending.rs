//! What waits in a project, as a prompt is told it: the arguments that wfmcp fills in.

use crate::engine::status::RunReport;
use crate::language::plan::Input;
use crate::operations::{Context, Error, reference};
use crate::store::journal::{ActionFilter, ActionRow};
use serde_json::{Value, json};

/// How many actions are told in full, and how long they may be together.
const ACTIONS_MAX: usize = 20;
const BYTES_MAX: usize = 400_000;

pub struct Pending {
    actions: Vec<Value>,
    count: usize,
}

impl Pending {
    /// The arguments it fills in.
    pub const NAMES: [&'static str; 2] = ["pending_actions", "pending_count"];

    pub fn wanted_by(arguments: &[Input]) -> bool {
        arguments.iter().any(|argument| Self::NAMES.contains(&argument.name.as_str()))
    }

    /// What waits at this moment, for a role or for anybody, the oldest first.
    pub fn now(context: &Context, role: Option<&str>) -> Result<Self, Error> {
        let rows = rows(context, role)?;
        let driver = context.project()?.driver()?;
        let mut reports: Vec<RunReport> = Vec::new();
        let mut actions = Vec::new();
        let mut bytes = 0;
        for row in rows.iter().take(ACTIONS_MAX) {
            if reports.iter().all(|report| report.run_id != row.run.as_str()) {
                reports.push(driver.describe(&row.run)?);
            }
            let run = reports.iter().find(|report| report.run_id == row.run.as_str());
            // One that was settled since the list was read is nobody's any more.
            let Some(action) = run.and_then(|run| told(run, row)) else { continue };
            bytes += action.to_string().len();
            if bytes > BYTES_MAX && !actions.is_empty() {
                break;
            }
            actions.push(action);
        }
        Ok(Self { actions, count: rows.len() })
    }

    pub fn get(&self, name: &str) -> Option<Value> {
        match name {
            "pending_actions" => Some(Value::Array(self.actions.clone())),
            "pending_count" => Some(self.count.into()),
            _ => None,
        }
    }
}

/// The roles that something waits for.
pub fn roles(context: &Context) -> Result<Vec<String>, Error> {
    let mut roles: Vec<String> = rows(context, None)?.into_iter().filter_map(|row| row.role).collect();
    roles.sort();
    roles.dedup();
    Ok(roles)
}

fn rows(context: &Context, role: Option<&str>) -> Result<Vec<ActionRow>, Error> {
    let project = context.project()?;
    if context.may_act() {
        project.driver()?.free_abandoned()?;
    }
    let filter = ActionFilter { role: role.map(str::to_owned), ..ActionFilter::default() };
    let mut rows = project.journal.actions(&filter)?;
    rows.sort_by_cached_key(|row| (row.created_at, row.action.as_str().to_owned()));
    Ok(rows)
}

fn told(run: &RunReport, row: &ActionRow) -> Option<Value> {
    let shown = reference::shown(row);
    let action = run.actions.iter().find(|action| action.action_id == shown)?;
    let mut told = json!(action);
    told["workflow"] = run.workflow.as_str().into();
    Some(told)
}
