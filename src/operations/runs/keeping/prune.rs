//! `wfmcp runs prune`.

use super::pruning::{self, Pruning};
use crate::operations::time::moment;
use crate::operations::{Access, Aliases, Context, Error, Kind, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Prune runs that have ended, with their children and artifacts.
///
/// A run that may still go on is never taken, nor a part of one. What refers to a pruned run (applications, histories, the
/// audit trail) keeps its id, and whoever looks for it is told that it was pruned.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PruneRuns {
    /// Only those that ended before this: how long ago (30d), or an RFC 3339 time.
    #[arg(long, value_name = "WHEN")]
    pub older_than: Option<String>,
    /// Only those in one of these states: `completed`, `failed`, `cancelled`; `moved` only where it is named.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// But not the newest of them, this many.
    #[arg(long, value_name = "N")]
    pub keep: Option<usize>,
    /// Say what would go, and leave it.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PrunedRuns {
    pub dry_run: bool,
    /// How many runs are gone, children among them.
    pub runs: u64,
    pub events: u64,
    /// Of their journals; the database keeps its size, and uses the room again.
    pub journal_bytes: u64,
    /// Given back to the disk.
    pub artifact_bytes: u64,
    /// Plans that no run is pinned to any more.
    pub plans: u64,
    /// The first of those that somebody started, newest first.
    pub run_ids: Vec<String>,
    /// Runs that fit and stay, for something of them may still go on.
    pub kept_live: u64,
}

pub const ENDS: [&str; 3] = ["completed", "failed", "cancelled"];
const PRUNABLE: [&str; 4] = ["completed", "failed", "cancelled", "moved"];

impl Operation for PruneRuns {
    const NAME: &'static str = "prune_runs";
    const COMMAND: &'static [&'static str] = &["runs", "prune"];
    const ACCESS: Access = Access::Destroy;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs prune --older-than 30d --keep 100 --dry-run";
    const ALIASES: Aliases = &[("statuses", "status"), ("keep_newest", "keep")];
    type Output = PrunedRuns;

    async fn perform(self, context: &Context) -> Result<PrunedRuns, Error> {
        let project = context.project()?;
        context.aim_at("no run");
        if self.older_than.is_none() && self.status.is_empty() && self.keep.is_none() {
            return Err(Error::new(Kind::Usage, "which runs are to go?").hint(
                "say how old, in which state or how many stay: --older-than 30d, --status failed, --keep 100",
            ));
        }
        if let Some(unknown) = self.status.iter().find(|status| !PRUNABLE.contains(&status.as_str())) {
            return Err(Error::input(format!("`{unknown}` is not a state in which a run can be pruned"))
                .suggest(unknown, PRUNABLE)
                .hint(format!("the states are {}", PRUNABLE.join(", "))));
        }
        let status = if self.status.is_empty() { ENDS.map(str::to_owned).to_vec() } else { self.status };
        let before = self.older_than.as_deref().map(|when| moment(context.now(), when)).transpose()?;
        let choice = pruning::choose(project, status, before, self.keep.unwrap_or(0))?;
        let mut pruning = Pruning::of(project, context.now(), &context.actor.name);
        if self.dry_run {
            return pruning.foresee(&choice);
        }
        let pruned = pruning.carry_out(&choice);
        context.aim_at(&pruning.target());
        pruned
    }
}
