//! Telling somebody who looks elsewhere: the terminal's bell, and a notification of the desktop where the terminal is
//! known to make one.

use super::table::visible;
use crate::platform::environment::Environment;

const BELL: &str = "\x07";

/// How a terminal is asked for a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desktop {
    /// OSC 9, with a text.
    Text,
    /// OSC 777, with a title and a text.
    TitleAndText,
    /// It is not known to make any: the bell is all there is.
    BellAlone,
}

impl Desktop {
    pub fn look(environment: &dyn Environment) -> Self {
        let var = |name: &str| environment.var(name).unwrap_or_default();
        // A multiplexer keeps such sequences to itself, and hands the bell on.
        if !var("TMUX").is_empty() || !var("STY").is_empty() {
            return Self::BellAlone;
        }
        let (program, term) = (var("TERM_PROGRAM"), var("TERM"));
        let is_of = |names: &[&str]| names.iter().any(|name| program == *name || term.contains(name));
        if is_of(&["iTerm.app", "WezTerm", "ghostty", "kitty"]) {
            Self::Text
        } else if is_of(&["foot", "rxvt-unicode"]) || !var("VTE_VERSION").is_empty() {
            Self::TitleAndText
        } else {
            Self::BellAlone
        }
    }

    /// What rings, and says this.
    pub fn ring(self, text: &str) -> String {
        // A semicolon ends a field.
        let text = visible(&text.replace('\n', " ")).replace(';', ",");
        match self {
            Self::Text => format!("{BELL}\x1b]9;wfmcp: {text}{BELL}"),
            Self::TitleAndText => format!("{BELL}\x1b]777;notify;wfmcp;{text}{BELL}"),
            Self::BellAlone => BELL.to_owned(),
        }
    }
}
