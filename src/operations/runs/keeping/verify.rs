//! `wfmcp runs verify`.

use super::fault::{Checked, Fault, check_run};
use super::place;
use crate::drivers::driver::Difference;
use crate::engine::event::RunId;
use crate::operations::runs::bundle::{Bundle, Flaw, Found, check};
use crate::operations::{
    Access, Aliases, Context, Error, Kind, Operation, Project, RunName, Toolset, reference,
};
use crate::store::maintenance::BrokenLink;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Verify that runs, or a bundle, are what was written.
///
/// Each entry is chained to the one before by a hash; artifacts and plans are compared with theirs, the events are
/// replayed, and what lists show is compared with what they come to. The first thing that is otherwise is named.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VerifyRun {
    /// The runs: ids, prefixes of them, or @last.
    #[arg(value_name = "RUN")]
    pub runs: Vec<RunName>,
    /// Every run of the project.
    #[arg(long, conflicts_with = "runs")]
    pub all: bool,
    /// A file made by `export_run`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["runs", "all"])]
    pub bundle: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    pub status: Soundness,
    pub runs: Vec<VerifiedRun>,
    /// Of a bundle: BLAKE3 over the hashes of everything in it.
    pub digest: Option<String>,
    /// The first flaw of a bundle.
    pub damage: Option<Damage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    Ok,
    Damaged,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerifiedRun {
    pub run_id: String,
    pub status: Soundness,
    pub events: u64,
    /// The link of its last entry.
    pub chain: String,
    /// A rolling hash of its decisions.
    pub trail: Option<String>,
    pub damage: Option<Damage>,
}

/// The first thing that is not what was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Damage {
    /// The event at which its entry begins, where it is in a journal.
    pub seq: Option<u64>,
    pub place: String,
    pub expected: String,
    pub got: String,
}

const RUNS_MAX: usize = 1_000_000_000;

impl Operation for VerifyRun {
    const NAME: &'static str = "verify_run";
    const COMMAND: &'static [&'static str] = &["runs", "verify"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs verify @last";
    const ALIASES: Aliases = &[("run_id", "runs"), ("run", "runs"), ("run_ids", "runs"), ("file", "bundle")];
    type Output = Verification;

    async fn perform(self, context: &Context) -> Result<Verification, Error> {
        if let Some(file) = &self.bundle {
            return verify_bundle(context, file);
        }
        let project = context.project()?;
        let runs = if self.all {
            // By their ids alone: the rest of a row may be what is damaged.
            project.journal.runs_by_prefix("", RUNS_MAX)?
        } else if self.runs.is_empty() {
            return Err(Error::new(Kind::Usage, "which runs are to be verified?")
                .hint("name some, or take --all, or a --bundle"));
        } else {
            self.runs.iter().map(|run| reference::run(context, project, run)).collect::<Result<_, _>>()?
        };
        let runs: Vec<VerifiedRun> =
            runs.iter().map(|run| verify(project, run)).collect::<Result<_, Error>>()?;
        let status = soundness(runs.iter().find_map(|run| run.damage.as_ref()));
        Ok(Verification { status, runs, digest: None, damage: None })
    }
}

fn verify(project: &Project, run: &RunId) -> Result<VerifiedRun, Error> {
    let place = format!("run {run}");
    let unreadable =
        |got| Damage { seq: None, place: place.clone(), expected: "what can be read".to_owned(), got };
    let (checked, damage) = match check_run(project, run) {
        Ok(mut checked) => {
            let damage = checked.fault.take().and_then(|fault| match fault {
                Fault::Newer(reason) | Fault::Replay(reason) => Some(unreadable(reason)),
                Fault::Link(BrokenLink { seq, reason, expected, got, artifact: _ }) => {
                    let place = format!("{place}, event {seq}: {reason}");
                    Some(Damage { seq: Some(seq), place, expected, got })
                }
                Fault::Plan(difference) => Some(otherwise(&place, difference)),
                Fault::Lists(differences) => {
                    let first = differences.into_iter().next();
                    first.map(|first| otherwise(&format!("{place}, what lists say of it"), first))
                }
            });
            (checked, damage)
        }
        // It was pruned in between, or what names it is damaged.
        Err(error) if matches!(error.kind, Kind::Store | Kind::NotFound) => {
            (Checked::default(), Some(unreadable(error.message)))
        }
        Err(error) => return Err(error),
    };
    let Checked { events, chain, trail, fault: _ } = checked;
    let status = soundness(damage.as_ref());
    Ok(VerifiedRun { run_id: run.to_string(), status, events, chain, trail, damage })
}

fn otherwise(place: &str, Difference { what, expected, got }: Difference) -> Damage {
    Damage { seq: None, place: format!("{place}: {what}"), expected, got }
}

fn verify_bundle(context: &Context, file: &str) -> Result<Verification, Error> {
    let opened = Bundle::open(place::open(context, file)?);
    let checked = opened.and_then(|bundle| check(&bundle).map(|_| bundle));
    let bundle = match checked {
        Ok(bundle) => bundle,
        Err(Found::Trouble(error)) => return Err(error),
        Err(Found::Flaw(Flaw { place, expected, got })) => {
            let damage = Some(Damage { seq: None, place, expected, got });
            return Ok(Verification { status: Soundness::Damaged, runs: Vec::new(), digest: None, damage });
        }
    };
    let runs = bundle.head.runs.iter().map(|run| VerifiedRun {
        run_id: run.run.clone(),
        status: Soundness::Ok,
        events: run.events,
        chain: run.chain.clone(),
        trail: Some(run.trail.clone()),
        damage: None,
    });
    let runs = runs.collect();
    Ok(Verification { status: Soundness::Ok, runs, digest: Some(bundle.digest), damage: None })
}

fn soundness(damage: Option<&Damage>) -> Soundness {
    if damage.is_none() { Soundness::Ok } else { Soundness::Damaged }
}
