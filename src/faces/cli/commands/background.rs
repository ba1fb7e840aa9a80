//! The hidden command behind `run --detach` and behind runs that were left lying: it carries a project's runs until
//! nothing is left to carry.

use crate::faces::cli::forms::{Form, nothing};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::runs::carry_all;
use clap::ArgMatches;

pub const CARRY: Form = Form {
    path: &["__carry"],
    operation: "",
    example: "wfmcp __carry --project default",
    arguments: |command| command.about("Carry the runs of a project, in the background"),
    settings: nothing,
    perform: |session: &Session, _: &ArgMatches| {
        carry_all(&session.context)?;
        Ok(Outcome::silent(codes::DONE))
    },
};
