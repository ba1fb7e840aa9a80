//! `wfmcp workflows graph`.

use crate::language::graph::{self, Ink, Letters, Page};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkflowName, documents};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const WIDTH_DEFAULT: usize = 100;
const WIDTH_MIN: usize = 20;
const WIDTH_MAX: usize = 2_000;

/// Draw a workflow or pattern: its steps in their order.
///
/// Mermaid, DOT, SVG, or boxes for a terminal.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphWorkflow {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    pub workflow: WorkflowName,
    /// What the picture is written as.
    #[serde(default)]
    #[arg(long, value_enum, default_value = "mermaid", value_name = "FORMAT")]
    pub format: GraphFormat,
    /// Columns of a terminal's picture.
    #[serde(default)]
    #[arg(long, value_name = "COLUMNS")]
    pub width: Option<usize>,
    #[serde(skip)]
    #[arg(skip)]
    pub letters: Letters,
    #[serde(skip)]
    #[arg(skip)]
    pub ink: Ink,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum GraphFormat {
    /// Boxes and lines, as wide as the window.
    Terminal,
    #[default]
    Mermaid,
    /// For Graphviz.
    Dot,
    Svg,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Graph {
    pub format: GraphFormat,
    /// The picture.
    pub text: String,
}

impl Operation for GraphWorkflow {
    const NAME: &'static str = "graph_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "graph"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Preparation;
    const EXAMPLE: &'static str = "wfmcp workflows graph release";
    const ALIASES: Aliases = &[
        ("workflow_name", "workflow"),
        ("workflow_id", "workflow"),
        ("name", "workflow"),
        ("file", "workflow"),
    ];
    type Output = Graph;

    async fn perform(self, context: &Context) -> Result<Graph, Error> {
        let width = self.width.unwrap_or(WIDTH_DEFAULT);
        if !(WIDTH_MIN..=WIDTH_MAX).contains(&width) {
            return Err(Error::input(format!(
                "`width` must be between {WIDTH_MIN} and {WIDTH_MAX}, it is {width}"
            )));
        }
        let planned = documents::workflow_or_pattern(context, &self.workflow)?;
        let graph = graph::graph(&planned.plan);
        let text = match self.format {
            GraphFormat::Terminal => {
                graph::terminal(&graph, &Page { width, letters: self.letters, ink: self.ink })
            }
            GraphFormat::Mermaid => graph::mermaid(&graph),
            GraphFormat::Dot => graph::dot(&graph),
            GraphFormat::Svg => graph::svg(&graph),
        };
        Ok(Graph { format: self.format, text })
    }
}
