//! `wfmcp run`.

use super::follow::carry;
use crate::drivers::driver::Start;
use crate::engine::status::RunReport;
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Toolset, WorkflowName, documents, inputs,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

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
    /// The folder its scripts start in; the caller's when absent.
    #[serde(default)]
    #[arg(skip)]
    pub dir: Option<String>,
    /// Labels to find the run by.
    #[serde(default)]
    #[arg(skip)]
    pub labels: Map<String, Value>,
    /// Answer at once and leave carrying it to another process.
    #[serde(default)]
    #[arg(skip)]
    pub background: bool,
    /// How many seconds to wait until it needs somebody or ends; it goes on in any case.
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
    const ALIASES: Aliases = &[
        ("workflow_name", "workflow"),
        ("workflow_id", "workflow"),
        ("name", "workflow"),
        ("file", "workflow"),
        ("parameters", "inputs"),
        ("params", "inputs"),
        ("arguments", "inputs"),
    ];
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.workflow.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let planned = documents::plan(context, &self.workflow)?;
        let inputs = inputs::complete(&planned.plan.inputs, &self.inputs)?;
        let dir = self.dir.map_or_else(|| context.dir.clone(), |dir| context.dir.join(dir));
        if !dir.is_dir() {
            return Err(Error::input(format!("{} is not a folder", dir.display()))
                .hint("name one that exists for its scripts to start in"));
        }
        let project = context.project()?;
        let driver = project.driver()?;
        let mut labels: Map<String, Value> = planned
            .plan
            .labels
            .iter()
            .map(|(name, value)| (name.clone(), Value::String(value.clone())))
            .collect();
        labels.extend(self.labels);
        let run = driver.start(Start {
            plan: Arc::new(planned.plan),
            inputs,
            by: context.actor.clone(),
            dir: dir.to_string_lossy().into_owned(),
            run: None,
            parent: None,
            labels,
        })?;
        if self.background {
            return Ok(driver.describe(&run)?);
        }
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}
