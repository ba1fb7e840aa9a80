//! `wfmcp runs show`.

use crate::engine::status::{LogLine, RunReport};
use crate::operations::time::rfc3339;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Show one run in full.
///
/// Its report, who started it, its labels, and what happened last.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetail {
    pub report: RunReport,
    pub started_by: String,
    pub updated_at: String,
    /// The run whose step started this one.
    pub parent: Option<String>,
    pub labels: Map<String, Value>,
    /// The last lines of its log.
    pub log: Vec<LogLine>,
}

const LINES: usize = 20;

impl Operation for ShowRun {
    const NAME: &'static str = "show_run";
    const COMMAND: &'static [&'static str] = &["runs", "show"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs show @last";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunDetail;

    async fn perform(self, context: &Context) -> Result<RunDetail, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let row = project.journal.run(&run)?;
        let mut log = driver.log(&run, 0)?;
        let log = log.split_off(log.len().saturating_sub(LINES));
        Ok(RunDetail {
            report: driver.describe(&run)?,
            started_by: row.started_by,
            updated_at: rfc3339(row.updated_at),
            parent: row.parent.map(|run| run.to_string()),
            labels: row.labels,
            log,
        })
    }
}
