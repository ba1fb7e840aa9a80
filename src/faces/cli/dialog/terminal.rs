//! Putting one question, and what it means to leave it.

use crate::operations::Error;
use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use std::io;

/// What a question came to: an answer, or nothing because the person left.
pub type Asked<T> = Result<Option<T>, Error>;

pub fn theme() -> Box<dyn Theme> {
    if dialoguer::console::colors_enabled_stderr() {
        Box::new(ColorfulTheme::default())
    } else {
        Box::new(SimpleTheme)
    }
}

pub fn terminal() -> Term {
    Term::stderr()
}

/// Ctrl-C and the end of the input leave a dialog.
pub fn left<T>(answer: dialoguer::Result<T>) -> Asked<T> {
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
