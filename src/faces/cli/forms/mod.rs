//! Commands that are nicer to type than the fields of their operation, and commands that are no operation. Each parses
//! into the operation's own type.

pub mod values;

mod run;
mod submit;
mod status;
mod moving;
mod log;
mod validate;
mod create;
mod background;
mod printed;

use super::session::{Outcome, Session};
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

/// In the order in which help lists them, before the operations that have no form.
pub const ALL: &[Form] = &[
    run::RUN,
    submit::SUBMIT,
    status::STATUS,
    validate::VALIDATE,
    log::LOG,
    moving::RESUME,
    moving::RETRY,
    create::CREATE,
    printed::COMPLETIONS,
    printed::MAN,
    background::CARRY,
];

/// The form's fields from what was parsed.
fn parsed<F: FromArgMatches>(matches: &ArgMatches) -> Result<F, Error> {
    F::from_arg_matches(matches)
        .map_err(|error| Error::new(crate::operations::Kind::Usage, error.to_string()))
}

fn arguments<F: Args>(command: Command) -> Command {
    F::augment_args(command)
}
