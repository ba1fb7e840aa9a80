//! `wfmcp workflows show`.

use crate::language::plan::{Input, Plan, Step};
use crate::operations::documents::{self, Document, Origin};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkflowName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Show one workflow: its inputs, its steps and its text.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetWorkflow {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowDetail {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// `catalogue`, or the path of its file.
    pub origin: String,
    /// How often it was written, in the catalogue.
    pub revision: Option<u64>,
    pub archived: bool,
    pub updated_at: Option<String>,
    pub inputs: Vec<InputSummary>,
    pub steps: Vec<StepSummary>,
    pub outputs: Vec<String>,
    /// The document as it was written.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InputSummary {
    pub name: String,
    pub required: bool,
    /// Its JSON Schema.
    pub schema: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepSummary {
    pub id: String,
    /// shell, prompt, wait ...
    pub kind: String,
    pub name: Option<String>,
    pub needs: Vec<String>,
}

impl Operation for GetWorkflow {
    const NAME: &'static str = "get_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Authoring;
    const EXAMPLE: &'static str = "wfmcp workflows show release";
    const ALIASES: Aliases =
        &[("workflow_name", "workflow"), ("workflow_id", "workflow"), ("name", "workflow")];
    type Output = WorkflowDetail;

    async fn perform(self, context: &Context) -> Result<WorkflowDetail, Error> {
        let planned = documents::plan(context, &self.workflow)?;
        Ok(detail(context, planned.plan, planned.document))
    }
}

fn detail(context: &Context, plan: Plan, document: Document) -> WorkflowDetail {
    let origin = document.place(context);
    let (revision, archived, updated_at) = match document.origin {
        Origin::Catalogue { version, archived, updated_at, .. } => {
            (Some(version), archived, Some(rfc3339(updated_at)))
        }
        Origin::File(_) | Origin::BuiltIn { .. } => (None, false, None),
    };
    WorkflowDetail {
        name: plan.name,
        version: plan.version,
        description: plan.description,
        origin,
        revision,
        archived,
        updated_at,
        inputs: plan.inputs.into_iter().map(InputSummary::from).collect(),
        steps: plan.steps.into_iter().map(StepSummary::from).collect(),
        outputs: plan.outputs.keys().cloned().collect(),
        text: document.text,
    }
}

impl From<Input> for InputSummary {
    fn from(input: Input) -> Self {
        Self { required: input.default_value().is_none(), name: input.name, schema: input.schema }
    }
}

impl From<Step> for StepSummary {
    fn from(step: Step) -> Self {
        Self { kind: step.action.kind().to_owned(), id: step.id, name: step.name, needs: step.needs }
    }
}
