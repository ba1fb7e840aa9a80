//! `wfmcp runs start`.

use super::begin::{Beginning, begin};
use crate::engine::status::{Status, rfc3339};
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Toolset, WorkItemName, WorkflowName, aliases,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Start a workflow in the background and say how to follow it.
///
/// `get_workflow_status` tells how far it is and what waits for somebody.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecuteWorkflow {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// Values of its inputs.
    #[serde(default)]
    #[arg(skip)]
    pub inputs: Map<String, Value>,
    /// The folder its scripts start in; the caller's if absent.
    #[serde(default)]
    #[arg(long = "in", value_name = "FOLDER")]
    pub dir: Option<String>,
    /// Labels to find the run by.
    #[serde(default)]
    #[arg(skip)]
    pub labels: Map<String, Value>,
    /// The work item it serves: its status follows the run.
    #[serde(default)]
    #[arg(long, value_name = "ITEM")]
    pub work_item: Option<WorkItemName>,
    /// Take nothing from the cache.
    #[serde(default)]
    #[arg(long)]
    pub no_cache: bool,
}

/// What is needed to follow a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Execution {
    pub run_id: String,
    pub workflow: String,
    pub version: Option<String>,
    pub status: Status,
    /// With every default filled in.
    pub inputs: Map<String, Value>,
    pub steps_total: u64,
    pub started_at: String,
    /// When it would end, if each step took as long as its author estimates.
    pub estimated_completion: Option<String>,
}

impl Operation for ExecuteWorkflow {
    const NAME: &'static str = "execute_workflow";
    const COMMAND: &'static [&'static str] = &["runs", "start"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp runs start backup";
    const ALIASES: Aliases = aliases::WORKFLOW;
    type Output = Execution;

    fn target(&self) -> Option<&str> {
        Some(self.workflow.as_str())
    }

    async fn perform(self, context: &Context) -> Result<Execution, Error> {
        let Self { workflow, inputs, dir, labels, work_item, no_cache } = self;
        let begun = begin(context, Beginning { workflow, inputs, dir, labels, work_item, no_cache })?;
        let driver = context.project()?.driver()?;
        // A process that ends right away leaves it to the one that `tend` starts.
        if driver.carries_all() || context.stays() {
            driver.carry(&begun.run)?;
        }
        let report = driver.describe(&begun.run)?;
        let estimated = begun.plan.steps.iter().map(|step| step.estimated_ms).sum::<Option<u64>>();
        Ok(Execution {
            run_id: report.run_id,
            workflow: report.workflow,
            version: report.version,
            status: report.status,
            inputs: begun.inputs,
            steps_total: report.steps_total,
            estimated_completion: estimated.map(|ms| rfc3339(context.now().saturating_add_unsigned(ms))),
            started_at: report.started_at,
        })
    }
}
