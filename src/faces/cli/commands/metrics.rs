//! `wfmcp metrics`: numbers, and a drawing of them.

use super::measured;
use crate::faces::cli::forms::{Form, parsed};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::system::metrics::GetWorkflowMetrics;
use crate::operations::{Error, Operation};
use clap::{ArgMatches, Args};

pub const METRICS: Form = Form::of::<Metrics>(&["metrics"], GetWorkflowMetrics::NAME, perform);

#[derive(Debug, Args)]
struct Metrics {
    #[command(flatten)]
    asked: GetWorkflowMetrics,
    /// Draw the runs over time, too.
    #[arg(long)]
    plot: bool,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Metrics { asked, plot } = parsed(matches)?;
    let show = if plot { measured::plotted } else { views::show(GetWorkflowMetrics::NAME) };
    Outcome::of(&session.perform(asked)?, show, codes::DONE)
}
