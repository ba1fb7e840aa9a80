//! What a form is: a path in the tree, arguments, and what is done with them.

use crate::faces::cli::session::{Outcome, Session};
use crate::operations::Error;
use clap::{ArgMatches, Args, Command, FromArgMatches};

pub struct Form {
    pub path: &'static [&'static str],
    /// Its help and example come from this operation; its own when empty.
    pub operation: &'static str,
    pub example: &'static str,
    pub arguments: fn(Command) -> Command,
    pub perform: fn(&Session, &ArgMatches) -> Result<Outcome, Error>,
}

/// The form's fields from what was parsed.
pub fn parsed<F: FromArgMatches>(matches: &ArgMatches) -> Result<F, Error> {
    F::from_arg_matches(matches)
        .map_err(|error| Error::new(crate::operations::Kind::Usage, error.to_string()))
}

pub fn arguments<F: Args>(command: Command) -> Command {
    F::augment_args(command)
}
