//! Asking somebody at a terminal: a decision, a value by its schema, a missing input. Leaving a dialog is always
//! possible and changes nothing.

mod action;
mod schema;

pub use action::answer;
pub use schema::missing_inputs;

use crate::operations::Error;
use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use std::io;

/// What a question came to: an answer, or nothing because the person left.
type Asked<T> = Result<Option<T>, Error>;

fn theme() -> Box<dyn Theme> {
    if dialoguer::console::colors_enabled_stderr() {
        Box::new(ColorfulTheme::default())
    } else {
        Box::new(SimpleTheme)
    }
}

fn terminal() -> Term {
    Term::stderr()
}

/// Ctrl-C and the end of the input leave a dialog.
fn left<T>(answer: dialoguer::Result<T>) -> Asked<T> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(dialoguer::Error::IO(error)) => match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected => {
                Ok(None)
            }
            _ => Err(Error::input(format!("the terminal can't be asked: {error}"))
                .hint("answer with a command: wfmcp submit")),
        },
    }
}
