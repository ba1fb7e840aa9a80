//! `wfmcp run --dry-run`.

use super::act::{outputs, variables};
use super::known::Around;
use super::told::PreviewStep;
use super::walk::Walk;
use crate::drivers::driver::Start;
use crate::operations::runs::{Beginning, prepare};
use crate::operations::{
    Access, Aliases, Context, Error, Operation, Toolset, WorkItemName, WorkflowName, aliases,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Tell what a run would do with these inputs, without starting it.
///
/// Every command with the values that are known; what only a run can know stands as ‹expression›.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRun {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// Values of its inputs.
    #[serde(default)]
    #[arg(skip)]
    pub inputs: Map<String, Value>,
    /// The folder its scripts would start in; the caller's if absent.
    #[serde(default)]
    #[arg(skip)]
    pub dir: Option<String>,
    /// Labels the run would have.
    #[serde(default)]
    #[arg(skip)]
    pub labels: Map<String, Value>,
    /// The work item it would serve.
    #[serde(default)]
    #[arg(skip)]
    pub work_item: Option<WorkItemName>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    pub workflow: String,
    /// With every default filled in.
    pub inputs: Map<String, Value>,
    pub dir: String,
    pub labels: Map<String, Value>,
    pub work_item: Option<String>,
    /// Variables of every script; secrets by their names.
    pub env: Map<String, Value>,
    /// In the order of the run; what would be taken back comes last.
    pub steps: Vec<PreviewStep>,
    /// Whether there are more steps than are told.
    pub cut: bool,
    pub outputs: Map<String, Value>,
}

impl Operation for PreviewRun {
    const NAME: &'static str = "preview_run";
    const COMMAND: &'static [&'static str] = &["workflows", "preview"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Preparation;
    const EXAMPLE: &'static str = "wfmcp workflows preview release.yaml --input version=1.2.0";
    const ALIASES: Aliases = aliases::WORKFLOW;
    type Output = Preview;

    async fn perform(self, context: &Context) -> Result<Preview, Error> {
        let Self { workflow, inputs, dir, labels, work_item } = self;
        let wanted = Beginning { workflow, inputs, dir, labels, work_item, no_cache: false };
        let Start { plan, inputs, dir, labels, work_item, .. } = prepare(context, wanted)?;
        let around = Around::of(context)?;
        let mut walk = Walk::new(&plan, around.given(&inputs), &around.servers);
        let env = variables(&walk);
        walk.all("");
        let outputs = outputs(&walk);
        let (steps, cut) = (std::mem::take(&mut walk.told), walk.cut);
        Ok(Preview { workflow: plan.name.clone(), inputs, dir, labels, work_item, env, steps, cut, outputs })
    }
}
