//! How who does a step looks on a terminal.

use super::canvas::Tone;
use super::model::{MarkKind, Shape};
use super::terminal::Letters;

/// Letters of a frame: corners from the upper left on clockwise, then the lines along and down, then where a line leaves.
pub struct Frame {
    pub corners: [&'static str; 4],
    pub along: &'static str,
    pub down: &'static str,
    pub leaves: &'static str,
}

const LIGHT: Frame =
    Frame { corners: ["┌", "┐", "┘", "└"], along: "─", down: "│", leaves: "┬" };
const ROUND: Frame =
    Frame { corners: ["╭", "╮", "╯", "╰"], along: "─", down: "│", leaves: "┬" };
const DOUBLE: Frame =
    Frame { corners: ["╔", "╗", "╝", "╚"], along: "═", down: "║", leaves: "╤" };
const HEAVY: Frame =
    Frame { corners: ["┏", "┓", "┛", "┗"], along: "━", down: "┃", leaves: "┯" };
const DASHED: Frame =
    Frame { corners: ["┌", "┐", "┘", "└"], along: "╌", down: "╎", leaves: "┬" };
const ASCII: Frame = Frame { corners: ["+", "+", "+", "+"], along: "-", down: "|", leaves: "+" };
const ASCII_PERSON: Frame = Frame { corners: ["#", "#", "#", "#"], along: "=", down: "#", leaves: "#" };
const ASCII_AGENT: Frame = Frame { corners: ["/", "\\", "/", "\\"], along: "-", down: "|", leaves: "+" };
const ASCII_TIME: Frame = Frame { corners: [".", ".", "'", "'"], along: ".", down: ":", leaves: "." };

impl Shape {
    pub fn frame(self, letters: Letters) -> &'static Frame {
        match (letters, self) {
            (Letters::Unicode, Self::Machine | Self::Tool | Self::Group) => &LIGHT,
            (Letters::Unicode, Self::Agent) => &ROUND,
            (Letters::Unicode, Self::Person) => &DOUBLE,
            (Letters::Unicode, Self::Child | Self::Stop) => &HEAVY,
            (Letters::Unicode, Self::Time | Self::Note) => &DASHED,
            (Letters::Ascii, Self::Agent) => &ASCII_AGENT,
            (Letters::Ascii, Self::Person) => &ASCII_PERSON,
            (Letters::Ascii, Self::Time | Self::Note) => &ASCII_TIME,
            (Letters::Ascii, _) => &ASCII,
        }
    }

    /// One letter for it.
    pub fn sign(self, letters: Letters) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Machine => ("$", "$"),
            Self::Agent => ("◆", "*"),
            Self::Person => ("☺", "@"),
            Self::Time => ("◷", "~"),
            Self::Tool => ("⚙", "%"),
            Self::Child => ("▣", ">"),
            Self::Note => ("=", "="),
            Self::Stop => ("✗", "x"),
            Self::Group => ("▤", "+"),
        };
        if letters == Letters::Unicode { unicode } else { ascii }
    }

    pub fn tone(self) -> Tone {
        match self {
            Self::Machine => Tone::Colored(36),
            Self::Agent => Tone::Colored(35),
            Self::Person => Tone::Colored(33),
            Self::Time => Tone::Colored(34),
            Self::Tool | Self::Child => Tone::Colored(32),
            Self::Stop => Tone::Colored(31),
            Self::Note | Self::Group => Tone::Plain,
        }
    }

    /// Who does it, for a legend.
    pub fn who(self) -> &'static str {
        match self {
            Self::Machine => "this machine",
            Self::Agent => "an agent or a model",
            Self::Person => "a person",
            Self::Time => "time or an event",
            Self::Tool => "a tool or an operation",
            Self::Child => "another workflow",
            Self::Note => "the run's own state",
            Self::Stop => "the run fails",
            Self::Group => "a group",
        }
    }
}

impl MarkKind {
    pub fn sign(self, letters: Letters) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Condition => ("?", "?"),
            Self::Loop => ("↻", "*"),
            Self::Check => ("✓", "!"),
            Self::Retry => ("±", "r"),
            Self::Undo => ("↶", "<"),
        };
        if letters == Letters::Unicode { unicode } else { ascii }
    }
}
