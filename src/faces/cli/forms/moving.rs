//! `wfmcp runs resume` and `wfmcp runs retry`: the run is stayed with as `run` does.

use super::{Form, parsed};
use crate::faces::cli::attend::{FOREVER_SECONDS, attend};
use crate::faces::cli::session::{Outcome, Session};
use crate::operations::runs::{ResumeRun, RetryRun};
use crate::operations::{Error, RunName};
use clap::{ArgMatches, Args};

pub const RESUME: Form = Form::of::<Resume>(&["runs", "resume"], "resume_run", resume);

pub const RETRY: Form = Form::of::<Retry>(&["runs", "retry"], "retry_run", retry);

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

fn resume(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Resume = parsed(matches)?;
    attend(session, || session.perform(ResumeRun { run: typed.run, wait_seconds: Some(FOREVER_SECONDS) }))
}

fn retry(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Retry = parsed(matches)?;
    let retry = RetryRun { run: typed.run, steps: typed.steps, wait_seconds: Some(FOREVER_SECONDS) };
    attend(session, || session.perform(retry))
}
