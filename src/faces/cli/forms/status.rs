//! `wfmcp status`: one run, or everything that has not ended; once, or as it changes.

use super::{Form, log, parsed};
use crate::faces::cli::attend::FOREVER_SECONDS;
use crate::faces::cli::globals::Format;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::runs::{GetWorkflowStatus, ListRuns, UNFINISHED};
use crate::operations::{Error, RunName, duration};
use clap::{ArgMatches, Args};
use std::time::Duration;

pub const STATUS: Form = Form::of::<Status>(&["status"], "get_workflow_status", perform);

#[derive(Debug, Args)]
struct Status {
    /// The run: its id, a prefix of it, or @last; everything that has not ended when absent.
    #[arg(value_name = "RUN")]
    run: Option<RunName>,
    /// Tell what happens as it happens, until the run ends.
    #[arg(short, long, requires = "run")]
    watch: bool,
    /// Wait until it needs somebody or ends, at most this long.
    #[arg(long, value_name = "DURATION", requires = "run", conflicts_with = "watch")]
    wait: Option<String>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Status = parsed(matches)?;
    let Some(run) = typed.run else {
        let list = ListRuns { status: UNFINISHED.map(str::to_owned).to_vec(), ..ListRuns::default() };
        return Outcome::of(&session.perform(list)?, views::unfinished_list, codes::DONE);
    };
    if typed.watch {
        let tells = matches!(session.globals.format(), Format::Table | Format::Jsonl);
        if tells {
            log::follow(session, &run, 0)?;
        }
    }
    let wait = typed.wait.as_deref().map(duration).transpose()?;
    let wait = wait.or(typed.watch.then_some(Duration::from_secs(FOREVER_SECONDS)));
    // A part of a second is waited for as a whole one: nobody asks for less to get less.
    let wait_seconds =
        wait.map(|wait| wait.as_millis().div_ceil(1_000)).and_then(|seconds| u64::try_from(seconds).ok());
    let report = session.perform(GetWorkflowStatus { run, wait_seconds })?;
    Outcome::report(session, report)
}
