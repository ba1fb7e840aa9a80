//! Where an answer goes: which streams are a terminal, how wide it is, and whether colour and animation are welcome.

use crate::faces::cli::globals::Color;
use crate::platform::environment::{Environment, Stream};
use std::io::{self, Write};

const WIDTH_DEFAULT: usize = 100;
const WIDTH_MIN: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colored,
}

impl Paint {
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colored => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    Unicode,
    Ascii,
}

impl Letters {
    /// By the first variable that names a locale; Unicode where none does.
    fn look(environment: &dyn Environment) -> Self {
        let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| environment.var(name));
        let locale = named.filter(|locale| !locale.is_empty()).map(|locale| locale.to_lowercase()).next();
        match locale {
            Some(locale) if !locale.contains("utf-8") && !locale.contains("utf8") => Self::Ascii,
            _ => Self::Unicode,
        }
    }
}

/// What is known of the three streams.
#[derive(Debug, Clone)]
pub struct Screen {
    pub out: Paint,
    pub err: Paint,
    pub width: usize,
    pub letters: Letters,
    interactive: bool,
    animated: bool,
    fillable: bool,
}

impl Screen {
    pub fn look(environment: &dyn Environment, color: Color) -> Self {
        let is_set = |name: &str| environment.var(name).is_some_and(|value| !value.is_empty());
        let is_dumb = environment.var("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let plain = is_set("NO_COLOR") || environment.var("TERM").is_some_and(|term| term == "dumb");
        let paint = |stream| match color {
            Color::Always => Paint::Colored,
            Color::Auto if !plain && !is_set("CI") && environment.is_terminal(stream) => Paint::Colored,
            Color::Auto | Color::Never => Paint::Plain,
        };
        let err_is_terminal = environment.is_terminal(Stream::Stderr);
        Self {
            out: paint(Stream::Stdout),
            err: paint(Stream::Stderr),
            width: width(),
            letters: Letters::look(environment),
            interactive: err_is_terminal && environment.is_terminal(Stream::Stdin),
            animated: err_is_terminal && !plain && !is_set("CI"),
            fillable: environment.is_terminal(Stream::Stdout) && !is_dumb && !is_set("CI"),
        }
    }

    /// Whether somebody is there who can be asked.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Whether the output is a terminal of which every place can be written to.
    pub fn is_fillable(&self) -> bool {
        self.fillable
    }

    pub fn is_animated(&self) -> bool {
        self.animated
    }
}

fn width() -> usize {
    [rustix::stdio::stdout(), rustix::stdio::stderr()]
        .iter()
        .find_map(|stream| rustix::termios::tcgetwinsize(stream).ok())
        .map_or(WIDTH_DEFAULT, |size| usize::from(size.ws_col))
        .max(WIDTH_MIN)
}

/// Write to standard output. A reader that has gone away is no failure: it has seen all it wanted.
pub fn print(text: &str) {
    let _ = print_to_reader(text);
}

/// The same for what goes on: whether somebody still reads.
pub fn print_to_reader(text: impl AsRef<[u8]>) -> Reader {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Ok(()) => Reader::There,
        Err(_) => Reader::Gone,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    There,
    Gone,
}

pub fn print_error(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
