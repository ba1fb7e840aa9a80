//! `wfmcp runs replay`.

use crate::operations::{Access, Aliases, Context, Error, Operation, RunName, Toolset, aliases, reference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Replay the decisions of a run, show its commands, and do nothing.
///
/// Tells where this version of wfmcp would decide otherwise.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Replay {
    pub run_id: String,
    /// How many decisions its journal has.
    pub decisions: usize,
    /// True if each of them is taken again.
    pub same: bool,
    /// What was done by this machine, in its order, with its values; secrets by their names.
    pub commands: Vec<ReplayedCommand>,
    /// What would be decided otherwise.
    pub differences: Vec<ReplayDifference>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayedCommand {
    /// The number of its event.
    pub seq: u64,
    pub at: String,
    pub step: String,
    /// `shell`, `mcp_call`, `call`, `prompt`, `workflow` or `cache`.
    pub kind: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayDifference {
    pub seq: u64,
    pub step: Option<String>,
    pub recorded: String,
    /// What is decided today in its place.
    pub today: String,
}

impl Operation for ReplayRun {
    const NAME: &'static str = "replay_run";
    const COMMAND: &'static [&'static str] = &["runs", "replay"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs replay @last";
    const ALIASES: Aliases = aliases::RUN;
    type Output = Replay;

    async fn perform(self, context: &Context) -> Result<Replay, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let replayed = project.driver()?.replay(&run)?;
        let commands = replayed.iter().filter_map(|one| {
            let (kind, text) = one.act.clone()?;
            let step = one.line.step.clone().unwrap_or_default();
            Some(ReplayedCommand {
                seq: one.line.seq,
                at: one.line.at.clone(),
                step,
                kind: kind.to_owned(),
                text,
            })
        });
        let differences = replayed.iter().filter_map(|one| {
            let (step, recorded) = (one.line.step.clone(), one.line.text.clone());
            Some(ReplayDifference { seq: one.line.seq, step, recorded, today: one.otherwise.clone()? })
        });
        let differences: Vec<ReplayDifference> = differences.collect();
        Ok(Replay {
            run_id: run.to_string(),
            decisions: replayed.len(),
            same: differences.is_empty(),
            commands: commands.collect(),
            differences,
        })
    }
}
