//! `wfmcp status` and `wfmcp inbox`: one run, everything that has not ended, or what waits for somebody; once, or as it
//! changes.

use super::{Form, log, parsed};
use crate::faces::cli::attend::FOREVER_SECONDS;
use crate::faces::cli::full_screen::{Notice, Shows, Wanted, watch_lists, watch_run};
use crate::faces::cli::globals::Format;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::actions::ListPendingActions;
use crate::operations::runs::{GetWorkflowStatus, ListRuns, UNFINISHED};
use crate::operations::{Error, Kind, Operation, RunName, duration};
use clap::{ArgMatches, Args};
use std::time::Duration;

pub const INBOX: Form = Form::of::<Inbox>(&["inbox"], "list_pending_actions", inbox);

pub const STATUS: Form = Form::of::<Status>(&["status"], "get_workflow_status", perform);

#[derive(Debug, Args)]
struct Status {
    /// The run: its id, a prefix of it, or @last; everything that has not ended when absent.
    #[arg(value_name = "RUN")]
    run: Option<RunName>,
    /// Show it as it changes: on the whole screen of a terminal, line by line elsewhere, which needs a RUN.
    #[arg(short, long)]
    watch: bool,
    /// Wait until it needs somebody or ends, at most this long.
    #[arg(long, value_name = "DURATION", requires = "run", conflicts_with = "watch")]
    wait: Option<String>,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Status = parsed(matches)?;
    let Some(run) = typed.run else {
        if typed.watch {
            return watch_all(session);
        }
        let list = ListRuns { status: UNFINISHED.map(str::to_owned).to_vec(), ..ListRuns::default() };
        return Outcome::of(&session.perform(list)?, views::unfinished_list, codes::DONE);
    };
    if typed.watch && session.may_fill_screen() {
        session.world.carry_elsewhere();
        let run = session.perform(GetWorkflowStatus { run, wait_seconds: None })?.run_id;
        return match watch_run(session, &run)? {
            Some(report) => Outcome::report(session, report),
            None => Ok(Outcome::silent(codes::DONE)),
        };
    }
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

fn watch_all(session: &Session) -> Result<Outcome, Error> {
    if !session.may_fill_screen() {
        return Err(Error::new(Kind::Usage, "`--watch` needs a RUN where there is no terminal to fill")
            .hint("name one: wfmcp status @last --watch, or ask once: wfmcp status"));
    }
    session.world.carry_elsewhere();
    let (role, run) = (None, None);
    watch_lists(session, Wanted { shows: Shows::RunsAndActions, role, run, notice: Notice::Silent })?;
    Ok(Outcome::silent(codes::DONE))
}

#[derive(Debug, Args)]
struct Inbox {
    #[command(flatten)]
    list: ListPendingActions,
    /// Fill the terminal with it as it changes, and answer right there; for leaving open.
    #[arg(short, long, conflicts_with_all = ["limit", "cursor"])]
    watch: bool,
    /// Ring when something new waits: the terminal's bell, and a desktop notification where the terminal makes one.
    #[arg(long, requires = "watch")]
    notify: bool,
}

fn inbox(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Inbox = parsed(matches)?;
    if !typed.watch {
        return Outcome::of(
            &session.perform(typed.list)?,
            views::show(ListPendingActions::NAME),
            codes::DONE,
        );
    }
    if !session.may_fill_screen() {
        return Err(Error::new(
            Kind::Usage,
            "`--watch` fills a terminal, and there is none that somebody looks at",
        )
        .hint("for a script: wfmcp inbox --json, or per run: wfmcp status RUN --watch --jsonl"));
    }
    session.world.carry_elsewhere();
    let run = typed
        .list
        .run
        .map(|run| session.perform(GetWorkflowStatus { run, wait_seconds: None }))
        .transpose()?;
    let notice = if typed.notify { Notice::Rings } else { Notice::Silent };
    let run = run.map(|report| report.run_id);
    watch_lists(session, Wanted { shows: Shows::Actions, role: typed.list.role, run, notice })?;
    Ok(Outcome::silent(codes::DONE))
}
