//! `wfmcp workflows export`.

use crate::language::plan;
use crate::operations::documents;
use crate::operations::page;
use crate::operations::report::RunSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkflowName};
use crate::store::journal::RunFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Export a workflow and what is known of its runs.
///
/// The text is as it was written, or the plan that it comes to.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportWorkflowData {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// `yaml` is the text as it was written, `json` the plan with every default filled in.
    #[serde(default)]
    #[arg(long, value_enum, default_value = "yaml", value_name = "FORMAT")]
    pub format: ExportFormat,
    /// At most this many of its runs, newest first.
    #[serde(default)]
    #[arg(long, value_name = "N")]
    pub runs: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    #[default]
    Yaml,
    Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exported {
    pub workflow: String,
    pub format: ExportFormat,
    /// The document, in that format.
    pub document: String,
    pub runs: Vec<RunSummary>,
}

impl Operation for ExportWorkflowData {
    const NAME: &'static str = "export_workflow_data";
    const COMMAND: &'static [&'static str] = &["workflows", "export"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Authoring;
    const EXAMPLE: &'static str = "wfmcp workflows export release --format json";
    const ALIASES: Aliases =
        &[("workflow_name", "workflow"), ("workflow_id", "workflow"), ("name", "workflow")];
    type Output = Exported;

    async fn perform(self, context: &Context) -> Result<Exported, Error> {
        let planned = documents::plan(context, &self.workflow)?;
        let runs = match self.runs {
            None | Some(0) => Vec::new(),
            Some(limit) => context.project()?.journal.runs(&RunFilter {
                workflow: Some(planned.plan.name.clone()),
                limit: Some(page::limit(Some(limit))),
                ..RunFilter::default()
            })?,
        };
        Ok(Exported {
            document: match self.format {
                ExportFormat::Yaml => planned.document.text,
                ExportFormat::Json => plan::text(&planned.plan),
            },
            workflow: planned.plan.name,
            format: self.format,
            runs: runs.into_iter().map(RunSummary::from).collect(),
        })
    }
}
