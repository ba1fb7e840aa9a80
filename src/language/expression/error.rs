//! What goes wrong with a template: one kind for machines, one sentence and hints for people, and the place.

use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
    /// Bytes of the template it is about, where that is known.
    pub range: Option<Range<usize>>,
    /// What to write or do instead.
    pub hints: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The template can't be parsed.
    Syntax,
    /// A name, field, filter, test or function that does not exist.
    Undefined,
    /// An operation its operands do not allow.
    Value,
    /// Too much work or too much output.
    Limit,
    /// A secret where none may go.
    Secret,
    /// A value at a place of a shell script where no quoting is safe.
    Shell,
}

impl ErrorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "template_syntax",
            Self::Undefined => "template_undefined",
            Self::Value => "template_value",
            Self::Limit => "template_limit",
            Self::Secret => "template_secret",
            Self::Shell => "template_shell",
        }
    }
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), range: None, hints: Vec::new() }
    }

    pub(super) fn at(mut self, range: Option<Range<usize>>) -> Self {
        self.range = range;
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}
