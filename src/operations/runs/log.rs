//! `wfmcp runs log`.

use crate::engine::status::LogLine;
use crate::operations::page;
use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Read what happened in a run, in order.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetRunLog {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// Only what came after this number, which is the `next_after` of an earlier answer.
    #[arg(long, value_name = "SEQ")]
    pub after: Option<u64>,
    /// At most this many lines.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How many seconds to wait for a line, where there is none yet.
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunLog {
    pub run_id: String,
    pub lines: Vec<LogLine>,
    pub has_more: bool,
    /// Give this back as `after` to read on.
    pub next_after: u64,
    /// True once nothing will follow.
    pub ended: bool,
}

impl Operation for GetRunLog {
    const NAME: &'static str = "get_run_log";
    const COMMAND: &'static [&'static str] = &["runs", "log"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs log @last --follow";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RunLog;

    async fn perform(self, context: &Context) -> Result<RunLog, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let after = self.after.unwrap_or(0);
        let mut row = project.journal.run(&run)?;
        if let Some(seconds) = self.wait_seconds.filter(|_| row.ended_at.is_none()) {
            driver.wait_change(&run, after, context.wait(Some(seconds)))?;
            row = project.journal.run(&run)?;
        }
        let mut lines = driver.log(&run, after)?;
        let limit = self.limit.map_or(page::LIMIT_MAX, |limit| page::limit(Some(limit)));
        let has_more = lines.len() > limit;
        lines.truncate(limit);
        Ok(RunLog {
            run_id: run.to_string(),
            next_after: lines.last().map_or(after, |line| line.seq),
            lines,
            has_more,
            ended: row.ended_at.is_some(),
        })
    }
}
