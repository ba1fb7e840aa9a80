//! `wfmcp runs fork`.

use crate::drivers::driver::{Again, Began, Branch, Branched, Purpose};
use crate::engine::event::Key;
use crate::engine::status::RunReport;
use crate::operations::inputs::{self, Asked};
use crate::operations::runs::carry;
use crate::operations::{
    Access, Aliases, Context, Error, Kind, Operation, RunName, Toolset, aliases, projects, reference,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How many steps are named in a note.
const TOLD_MAX: usize = 12;

/// Start a run from a step of another, keeping what came before it.
///
/// Nothing that is kept is done again, nor undone with the new run; the other run stays as it is.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForkRun {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
    /// The step to begin at, also inside a loop (`build[2]`, `poll~3`, `build[2]/test`); the first one when absent.
    #[serde(default)]
    #[arg(long, value_name = "STEP")]
    pub from: Option<String>,
    /// Inputs that are to be other ones.
    #[serde(default)]
    #[arg(skip)]
    pub inputs: Map<String, Value>,
    /// The folder its scripts start in; that of the other run if absent.
    #[serde(default)]
    #[arg(long = "in", value_name = "FOLDER")]
    pub dir: Option<String>,
    /// Seconds to wait until it needs somebody or ends; it goes on in any case.
    #[serde(default)]
    #[arg(long, value_name = "SECONDS")]
    pub wait_seconds: Option<u64>,
}

impl Operation for ForkRun {
    const NAME: &'static str = "fork_run";
    const COMMAND: &'static [&'static str] = &["runs", "fork"];
    const ACCESS: Access = Access::Execute;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs fork @last --from publish --input dry_run=true";
    const ALIASES: Aliases = aliases::FORK;
    type Output = RunReport;

    fn target(&self) -> Option<&str> {
        Some(self.run.as_str())
    }

    async fn perform(self, context: &Context) -> Result<RunReport, Error> {
        let project = context.project()?;
        projects::refuse_archived(&project.row)?;
        let from = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let Began { plan, inputs, dir } = driver.beginning(&from)?;
        if plan.pattern.is_some() {
            return Err(Error::input(format!("{from} applied a pattern, and is not forked"))
                .hint("apply the pattern once more: what it changes is decided on the entity as it is now"));
        }
        let mut wanted = inputs;
        wanted.extend(self.inputs);
        let inputs = inputs::complete(Asked::Input, &plan.inputs, &wanted)?;
        let dir = self.dir.map_or(dir, |dir| context.dir.join(dir).to_string_lossy().into_owned());
        if !std::path::Path::new(&dir).is_dir() {
            return Err(Error::input(format!("{dir} is not a folder"))
                .hint("name another one for its scripts to start in"));
        }
        let again = match self.from {
            None => Again::Everything,
            Some(step) => {
                let accounts = driver.accounts(&from)?;
                let known: BTreeSet<&str> = accounts.iter().map(|account| account.key.as_str()).collect();
                if !known.contains(step.as_str()) {
                    return Err(Error::not_found("step", &step)
                        .suggest(&step, known)
                        .hint(format!("what {from} came to: wfmcp runs log {from}")));
                }
                Again::From(Key::new(step))
            }
        };
        let by = context.actor.clone();
        let Branched { run, kept, again, .. } =
            driver.branch(Branch { from, again, plan, inputs, dir, by, purpose: Purpose::Fork })?;
        told(context, "as they were", &kept);
        told(context, "done again", &again);
        let Some(run) = run else { return Err(Error::new(Kind::Internal, "a fork that begins no run")) };
        carry(context, project, &run, context.wait(self.wait_seconds))
    }
}

fn told(context: &Context, what: &str, steps: &[Key]) {
    if !steps.is_empty() {
        let names: Vec<&str> = steps.iter().take(TOLD_MAX).map(Key::as_str).collect();
        let more = if steps.len() > TOLD_MAX {
            format!(" and {} more", steps.len() - TOLD_MAX)
        } else {
            String::new()
        };
        context.note(format!("{what}: {}{more}", names.join(", ")));
    }
}
