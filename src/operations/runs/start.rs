//! `wfmcp run`.

use super::begin::{Beginning, begin};
use super::carrying::carry;
use crate::engine::status::RunReport;
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Toolset, WorkItemName, WorkflowName, aliases,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Start a workflow and run it until it needs somebody, or ends.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartWorkflow {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// Values of its inputs.
    #[serde(default)]
    #[arg(skip)]
    pub inputs: Map<String, Value>,
    /// The folder its scripts start in; the caller's if absent.
    #[serde(default)]
    #[arg(skip)]
    pub dir: Option<String>,
    /// Labels to find the run by.
    #[serde(default)]
    #[arg(skip)]
    pub labels: Map<String, Value>,
    /// The work item it serves: its status follows the run.
    #[serde(default)]
    #[arg(skip)]
    pub work_item: Option<WorkItemName>,
    /// Take nothing from the cache.
    #[serde(default)]
    #[arg(skip)]
    pub no_cache: bool,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[serde(default)]
    #[arg(skip)]
    pub wait_seconds: Option<u64>,
}

impl Operation for StartWorkflow {
    const NAME: &'static str = "start_workflow";
    const COMMAND: &'static [&'static str] = &["run"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Workflows;
    const EXAMPLE: &'static str = "wfmcp run release.yaml --input version=1.2.0 --input dry_run=true";
    const ALIASES: Aliases = aliases::WORKFLOW;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.workflow.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let Self { workflow, inputs, dir, labels, work_item, no_cache, wait_seconds } = self;
        let begun = begin(context, Beginning { workflow, inputs, dir, labels, work_item, no_cache })?;
        carry(context, context.project()?, &begun.run, context.wait(wait_seconds))
    }
}
