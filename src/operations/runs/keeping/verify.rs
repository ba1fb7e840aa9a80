//! `wfmcp runs verify`.

use super::place;
use crate::drivers::driver::Difference;
use crate::engine::event::RunId;
use crate::operations::runs::bundle::{Bundle, Flaw, Found, check};
use crate::operations::{
    Access, Aliases, Context, Error, Kind, Operation, Project, RunName, Toolset, reference,
};
use crate::store;
use crate::store::applications::ApplicationFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    let mut verified = VerifiedRun {
        run_id: run.to_string(),
        status: Soundness::Ok,
        events: 0,
        chain: String::new(),
        trail: None,
        damage: None,
    };
    let looked = look(project, run, &mut verified);
    verified.damage = match looked {
        Ok(damage) => damage,
        // It was pruned in between, or what names it is damaged.
        Err(error) if matches!(error.kind, Kind::Store | Kind::NotFound) => Some(Damage {
            seq: None,
            place: format!("run {run}"),
            expected: "what can be read".to_owned(),
            got: error.message,
        }),
        Err(error) => return Err(error),
    };
    verified.status = soundness(verified.damage.as_ref());
    Ok(verified)
}

fn look(project: &Project, run: &RunId, verified: &mut VerifiedRun) -> Result<Option<Damage>, Error> {
    if let Some(broken) = project.maintenance.verify(run)? {
        let place = format!("run {run}, event {}: {}", broken.seq, broken.reason);
        let store::maintenance::BrokenLink { seq, expected, got, .. } = broken;
        return Ok(Some(Damage { seq: Some(seq), place, expected, got }));
    }
    let head = project.maintenance.head(run)?;
    (verified.events, verified.chain) = (head.seq, head.chain);
    let examined = project.driver()?.examine(run)?;
    verified.trail = Some(format!("{:016x}", examined.trail));
    // Where it went on meanwhile, both were looked at a moment apart.
    if examined.events != project.maintenance.head(run)?.seq {
        return Ok(None);
    }
    let plan = (examined.plan != head.plan).then(|| Difference {
        what: "plan".to_owned(),
        expected: examined.plan.to_string(),
        got: head.plan.to_string(),
    });
    let application = match &examined.application {
        Some(expected) => compare_application(project, run, expected)?,
        None => None,
    };
    let differences = plan.into_iter().chain(examined.differences).chain(application);
    Ok(differences.into_iter().next().map(|Difference { what, expected, got }| Damage {
        seq: None,
        place: format!("run {run}, what lists say of it: {what}"),
        expected,
        got,
    }))
}

fn compare_application(
    project: &Project,
    run: &RunId,
    expected: &Value,
) -> Result<Option<Difference>, Error> {
    let filter = ApplicationFilter { run: Some(run.clone()), ..ApplicationFilter::default() };
    let found = project.applications.applications(&filter)?;
    let got = found.first().and_then(|row| serde_json::to_value(row).ok()).unwrap_or_default();
    Ok((got != *expected).then(|| Difference {
        what: "its application".to_owned(),
        expected: expected.to_string(),
        got: got.to_string(),
    }))
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
