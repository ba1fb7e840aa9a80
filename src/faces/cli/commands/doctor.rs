//! `wfmcp doctor`: what is wrong, and with `--fix`, what was mended of it.

use crate::faces::cli::forms::{Form, parsed};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::system::doctor::{DiagnoseHome, MendHome};
use crate::operations::{Error, Operation};
use clap::{ArgMatches, Args};

pub const DOCTOR: Form = Form::of::<Doctor>(&["doctor"], DiagnoseHome::NAME, perform);

#[derive(Debug, Args)]
struct Doctor {
    /// Mend what can be mended without a loss, and tell what was done.
    #[arg(long)]
    fix: bool,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Doctor = parsed(matches)?;
    let diagnosis =
        if typed.fix { session.perform(MendHome {})? } else { session.perform(DiagnoseHome {})? };
    let code = if diagnosis.healthy { codes::DONE } else { codes::RUN_FAILED };
    Outcome::of(&diagnosis, views::show(DiagnoseHome::NAME), code)
}
