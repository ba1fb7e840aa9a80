//! Commands that are nicer to type than the fields of their operation, and commands that are no operation. Each parses
//! into the operation's own type.

mod values;

use super::session::{Outcome, Session};
use crate::operations::Error;
use clap::{ArgMatches, Command};

pub struct Form {
    pub path: &'static [&'static str],
    pub example: &'static str,
    pub arguments: fn(Command) -> Command,
    pub perform: fn(&Session, &ArgMatches) -> Result<Outcome, Error>,
}

/// In the order in which help lists them, before the operations that have no form.
pub const ALL: &[Form] = &[];
