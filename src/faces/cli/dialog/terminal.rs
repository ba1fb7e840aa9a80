//! Putting one question, and what it means to leave it.

use crate::operations::Error;
use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Input, Select};
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

/// Which of these; the place of one.
pub fn select<T: ToString>(prompt: &str, items: &[T]) -> Asked<usize> {
    let theme = theme();
    let asked = Select::with_theme(theme.as_ref())
        .with_prompt(prompt)
        .items(items.iter().map(ToString::to_string))
        .default(0);
    Ok(left(asked.interact_on_opt(&terminal()))?.flatten())
}

/// One line, which may be empty.
pub fn line(prompt: &str) -> Asked<String> {
    line_from(prompt, "")
}

/// One line, which is this unless something else is typed.
pub fn line_from(prompt: &str, preset: &str) -> Asked<String> {
    let theme = theme();
    let asked = Input::<String>::with_theme(theme.as_ref()).with_prompt(prompt).allow_empty(true);
    let asked = if preset.is_empty() { asked } else { asked.with_initial_text(preset) };
    left(asked.interact_text_on(&terminal()))
}
