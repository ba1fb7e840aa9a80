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
    /// What was typed of the configuration.
    pub settings: fn(&ArgMatches) -> Settings,
    pub perform: fn(&Session, &ArgMatches) -> Result<Outcome, Error>,
}

impl Form {
    /// The nicer arguments `A` of an operation, whose help and example it has.
    pub const fn of<A: Args>(
        path: &'static [&'static str],
        operation: &'static str,
        perform: fn(&Session, &ArgMatches) -> Result<Outcome, Error>,
    ) -> Self {
        Self { path, operation, example: "", arguments: arguments::<A>, settings: nothing, perform }
    }
}

/// Keys of the configuration with what they are set to.
pub type Settings = Vec<(&'static str, String)>;

/// Nothing that is typed here is configured, too.
pub fn nothing(_: &ArgMatches) -> Settings {
    Vec::new()
}

/// The form's fields from what was parsed.
pub fn parsed<F: FromArgMatches>(matches: &ArgMatches) -> Result<F, Error> {
    F::from_arg_matches(matches)
        .map_err(|error| Error::new(crate::operations::Kind::Usage, error.to_string()))
}

pub fn arguments<F: Args>(command: Command) -> Command {
    F::augment_args(command)
}
