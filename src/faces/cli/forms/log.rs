//! `wfmcp runs log`, once or as it grows.

use super::{Form, parsed};
use crate::faces::cli::globals::Format;
use crate::faces::cli::render::screen::{Reader, print_to_reader};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::runs::{GetRunLog, tend};
use crate::operations::{Error, RunName};
use clap::{ArgMatches, Args};

pub const LOG: Form = Form::of::<Log>(&["runs", "log"], "get_run_log", perform);

#[derive(Debug, Args)]
struct Log {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    run: RunName,
    /// Go on as more happens, until the run ends.
    #[arg(short, long)]
    follow: bool,
    /// Only what came after this number.
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: u64,
    /// At most this many lines.
    #[arg(long, value_name = "N", conflicts_with = "follow")]
    limit: Option<usize>,
}

/// Between two looks at whether somebody still carries the run.
const WAIT_SECONDS: u64 = 2;

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Log = parsed(matches)?;
    if typed.follow {
        follow(session, &typed.run, typed.after)?;
        return Ok(Outcome::silent(codes::DONE));
    }
    let get = GetRunLog { run: typed.run, after: Some(typed.after), limit: typed.limit, wait_seconds: None };
    Outcome::of(&session.perform(get)?, views::run_log, codes::DONE)
}

/// Print line after line until the run has ended.
pub fn follow(session: &Session, run: &RunName, mut after: u64) -> Result<(), Error> {
    let mut wait_seconds = None;
    loop {
        let log =
            session.perform(GetRunLog { run: run.clone(), after: Some(after), limit: None, wait_seconds })?;
        for line in &log.lines {
            let text = match session.globals.format() {
                Format::Table => views::log_line(line, &session.view()),
                _ => format!("{}\n", serde_json::to_string(line).unwrap_or_default()),
            };
            if print_to_reader(&text) == Reader::Gone {
                return Ok(());
            }
        }
        if log.ended && !log.has_more {
            return Ok(());
        }
        tend(&session.context)?;
        after = log.next_after;
        wait_seconds = (!log.has_more).then_some(WAIT_SECONDS);
    }
}
