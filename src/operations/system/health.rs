//! `wfmcp health`.

use crate::operations::projects::survey;
use crate::operations::{Access, Context, Error, Operation, Project, Toolset};
use crate::store::journal::ActionFilter;
use crate::store::registry::ProjectRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Check that the stores of this home are well.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetSystemHealth {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    pub status: HealthStatus,
    pub version: String,
    pub projects: Vec<ProjectHealth>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    Ok,
    Degraded,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectHealth {
    pub project: String,
    pub status: HealthStatus,
    /// The file it is kept in; unknown where it can't be opened or nothing was ever kept.
    pub store: Option<String>,
    pub store_format: Option<u32>,
    pub bytes: Option<u64>,
    /// How many runs are in which state.
    pub runs: BTreeMap<String, u64>,
    /// Runs that nobody carries and that could go on now.
    pub ready: usize,
    pub pending_actions: usize,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
}

impl Operation for GetSystemHealth {
    const NAME: &'static str = "get_system_health";
    const COMMAND: &'static [&'static str] = &["health"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Monitoring;
    const EXAMPLE: &'static str = "wfmcp health";
    type Output = Health;

    async fn perform(self, context: &Context) -> Result<Health, Error> {
        let rows = context.registry()?.list()?;
        let chosen = context.names_project().then(|| context.chosen().map(|chosen| chosen.row.id));
        let chosen = chosen.transpose()?;
        let is_chosen = |row: &ProjectRow| chosen.as_ref().map_or(!row.archived, |id| *id == row.id);
        let rows: Vec<ProjectRow> = rows.into_iter().filter(is_chosen).collect();
        let looks =
            survey(context, &rows, |project| project.map(|project| measure(context, project)).transpose());
        let projects: Vec<ProjectHealth> =
            rows.iter().zip(looks).map(|(row, looked)| health_of(row, looked)).collect();
        let well = projects.iter().all(|project| project.status == HealthStatus::Ok);
        Ok(Health {
            status: if well { HealthStatus::Ok } else { HealthStatus::Degraded },
            version: env!("CARGO_PKG_VERSION").to_owned(),
            projects,
        })
    }
}

/// One project that is ill does not hide how the others are.
fn health_of(row: &ProjectRow, looked: Result<Option<ProjectHealth>, Error>) -> ProjectHealth {
    match looked {
        Ok(Some(health)) => health,
        Ok(None) => blank(row),
        Err(error) => ProjectHealth {
            status: HealthStatus::Degraded,
            problems: std::iter::once(error.message)
                .chain(error.hints.iter().map(ToString::to_string))
                .collect(),
            ..blank(row)
        },
    }
}

/// A project in which nothing was ever kept.
fn blank(row: &ProjectRow) -> ProjectHealth {
    ProjectHealth {
        project: row.name.clone(),
        status: HealthStatus::Ok,
        store: None,
        store_format: None,
        bytes: None,
        runs: BTreeMap::new(),
        ready: 0,
        pending_actions: 0,
        problems: Vec::new(),
    }
}

fn measure(context: &Context, project: &Project) -> Result<ProjectHealth, Error> {
    let store = project.maintenance.check()?;
    Ok(ProjectHealth {
        project: project.row.name.clone(),
        status: if store.problems.is_empty() { HealthStatus::Ok } else { HealthStatus::Degraded },
        store: Some(store.path),
        store_format: Some(store.format),
        bytes: Some(store.bytes),
        runs: project.journal.count_runs()?.into_iter().collect(),
        ready: project.journal.ready(context.now())?.len(),
        pending_actions: project.journal.actions(&ActionFilter::default())?.len(),
        problems: store.problems,
    })
}
