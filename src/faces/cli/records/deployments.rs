//! `wfmcp deployments record`: metadata as it is typed.

use crate::faces::cli::forms::{Form, parsed, values};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::Error;
use crate::operations::deployments::RecordDeployment;
use clap::{ArgMatches, Args};

pub const RECORD: Form = Form::of::<Record>(&["deployments", "record"], "record_deployment", record);

#[derive(Debug, Args)]
struct Record {
    #[command(flatten)]
    deployment: RecordDeployment,
    /// Something to keep with it: JSON where it is some, else text.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

fn record(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Record = parsed(matches)?;
    let metadata = values::metadata(&typed.set, &[])?;
    let recorded = session.perform(RecordDeployment { metadata, ..typed.deployment })?;
    Outcome::of(&recorded, views::show("record_deployment"), codes::DONE)
}
