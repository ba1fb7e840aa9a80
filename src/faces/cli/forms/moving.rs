//! `wfmcp runs resume`, `retry` and `signal`: the run is stayed with as `run` does. `wfmcp events send` tells many, and
//! before `wfmcp runs prune` takes anything away, somebody at a terminal is asked.

use super::{Form, parsed, values};
use crate::faces::cli::attend::{FOREVER_SECONDS, attend};
use crate::faces::cli::dialog::confirm;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::runs::{ForkRun, MigrateRun, PruneRuns, ResumeRun, RetryRun, SendEvent, SignalRun};
use crate::operations::{Error, Kind, Operation, RunName, WorkflowName};
use clap::{ArgMatches, Args};
use serde_json::Value;

pub const RESUME: Form = Form::of::<Resume>(&["runs", "resume"], "resume_run", resume);

pub const RETRY: Form = Form::of::<Retry>(&["runs", "retry"], "retry_run", retry);

pub const SIGNAL: Form = Form::of::<Signal>(&["runs", "signal"], "signal_run", signal);

pub const SEND: Form = Form::of::<Send>(&["events", "send"], "send_event", send);

pub const PRUNE: Form = Form::of::<PruneRuns>(&["runs", "prune"], "prune_runs", prune);

pub const FORK: Form = Form::of::<Fork>(&["runs", "fork"], "fork_run", fork);

pub const MIGRATE: Form = Form::of::<Migrate>(&["runs", "migrate"], "migrate_run", migrate);

#[derive(Debug, Args)]
struct Migrate {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
    /// The edited workflow: its name in the catalogue, or the path of a YAML file.
    #[arg(long, value_name = "FILE|NAME")]
    to: WorkflowName,
    /// Change nothing: tell what would be kept, and what would be done again.
    #[arg(long = "dry-run")]
    look: bool,
}

#[derive(Debug, Args)]
struct Fork {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
    /// The step to begin at, also inside a loop (`build[2]`, `poll~3`, `build[2]/test`); the first one when absent.
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
    /// An input that is to be another one: name=value, name=@file, name:=json; a list where a name is given twice.
    #[arg(short, long, value_name = "NAME=VALUE")]
    input: Vec<String>,
    /// A JSON file with such inputs; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    inputs: Option<String>,
    /// The folder its scripts start in; that of the other run when absent.
    #[arg(long = "in", value_name = "FOLDER")]
    dir: Option<String>,
}

#[derive(Debug, Args)]
struct Resume {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
}

#[derive(Debug, Args)]
struct Retry {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
    /// Only this of the failed steps; all of them when none is named.
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<String>,
}

#[derive(Debug, Args)]
struct Signal {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
    /// The event's name.
    #[arg(value_name = "EVENT")]
    event: String,
    /// What comes with it: JSON or text, @file, or `-` for standard input.
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    payload: Option<String>,
}

#[derive(Debug, Args)]
struct Send {
    /// The event's name.
    #[arg(value_name = "EVENT")]
    event: String,
    /// What comes with it: JSON or text, @file, or `-` for standard input.
    #[arg(short, long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    payload: Option<String>,
    /// Only to runs of this workflow.
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
}

fn resume(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Resume = parsed(matches)?;
    attend(session, || session.perform(ResumeRun { run: typed.run, wait_seconds: Some(FOREVER_SECONDS) }))
}

fn retry(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Retry = parsed(matches)?;
    let retry = RetryRun { run: typed.run, steps: typed.steps, wait_seconds: Some(FOREVER_SECONDS) };
    attend(session, || session.perform(retry))
}

fn signal(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Signal { run, event, payload } = parsed(matches)?;
    let payload = payload_of(session, payload.as_deref())?;
    let signal = SignalRun { run, event, payload, wait_seconds: Some(FOREVER_SECONDS) };
    attend(session, || session.perform(signal))
}

fn send(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Send { event, payload, workflow } = parsed(matches)?;
    let payload = payload_of(session, payload.as_deref())?;
    let sent = session.perform(SendEvent { event, payload, workflow })?;
    Outcome::of(&sent, views::show(SendEvent::NAME), codes::DONE)
}

fn payload_of(session: &Session, typed: Option<&str>) -> Result<Value, Error> {
    let payload = typed.map(|typed| values::result(&session.context.dir, typed)).transpose()?;
    Ok(payload.unwrap_or_default())
}

fn migrate(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Migrate { run, to, look } = parsed(matches)?;
    migrated(session, MigrateRun { run, to, dry_run: look, wait_seconds: Some(FOREVER_SECONDS) })
}

/// What is kept and what is done again; then the run that goes on is stayed with.
pub fn migrated(session: &Session, migrate: MigrateRun) -> Result<Outcome, Error> {
    let show = views::show(MigrateRun::NAME);
    if migrate.dry_run {
        return Outcome::of(&session.perform(migrate)?, show, codes::DONE);
    }
    let mut told = None;
    let outcome = attend(session, || {
        let mut migration = session.perform(migrate)?;
        let report = migration.run.take();
        told = Some(migration);
        report.ok_or_else(|| Error::new(Kind::Internal, "a migration that begins no run"))
    })?;
    let Outcome { mut value, .. } = Outcome::of(&told, show, outcome.code)?;
    value["run"] = outcome.value;
    Ok(Outcome { value, show, code: outcome.code })
}

fn fork(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Fork { run, from, input, inputs, dir } = parsed(matches)?;
    let inputs = values::inputs(&session.context.dir, inputs.as_deref(), &input)?;
    let fork = ForkRun { run, from, inputs, dir, wait_seconds: Some(FOREVER_SECONDS) };
    attend(session, || session.perform(fork))
}

fn prune(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: PruneRuns = parsed(matches)?;
    let show = views::show(PruneRuns::NAME);
    if session.may_ask() && !typed.dry_run {
        let foreseen = session.perform(PruneRuns { dry_run: true, ..typed.clone() })?;
        if foreseen.runs == 0 {
            return Outcome::of(&foreseen, show, codes::DONE);
        }
        let question = format!("Prune for good: {}", views::what_is_pruned(&foreseen));
        if confirm(&question)? != Some(true) {
            return Err(Error::new(Kind::Cancelled, "nothing was pruned"));
        }
    }
    Outcome::of(&session.perform(typed)?, show, codes::DONE)
}
