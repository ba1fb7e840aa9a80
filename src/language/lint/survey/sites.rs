//! One place of a document where a template or an expression stands.

use crate::language::expression::{
    Analysis, Error, Hole, Mode, Reference, analyse, analyse_shell, is_template,
};
use crate::language::source::{Source, Span};
use crate::language::yaml::{Spelling, Style, Text};
use std::cell::OnceCell;
use std::ops::Range;

pub(in crate::language::lint) struct Site {
    pub(in crate::language::lint) text: Text,
    pub(in crate::language::lint) usage: Usage,
    /// The step it belongs to; what belongs to the workflow has none.
    pub(in crate::language::lint) step: Option<usize>,
    pub(in crate::language::lint) moment: Moment,
    pub(in crate::language::lint) analysis: Analysis,
    pub(in crate::language::lint) error: Option<Error>,
    pub(in crate::language::lint) holes: Vec<Hole>,
    spelling: OnceCell<Spelling>,
}

/// What becomes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::lint) enum Usage {
    /// A script of a POSIX shell.
    Shell,
    /// A script of another interpreter, which is never a template.
    Script,
    Env,
    Prompt,
    /// `when` and `until`.
    Condition,
    /// The list of a `foreach`.
    Items,
    Output,
    State,
    /// Arguments of a tool, an operation or a child run.
    Argument,
    /// The settings of an MCP server may name secrets; its arguments may not.
    Other,
}

/// When a text is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::language::lint) enum Moment {
    /// Before any step.
    Start,
    /// When its step starts; for what belongs to the workflow, at any time.
    Before,
    /// When its step has a result: `until`, `undo`.
    After,
    /// When the run ends.
    End,
}

impl Site {
    pub(super) fn new(text: Text, usage: Usage, step: Option<usize>, moment: Moment) -> Option<Self> {
        let is_expression = matches!(usage, Usage::Condition | Usage::Items);
        let is_plain = !is_expression && !is_template(&text);
        if is_plain && usage != Usage::Shell {
            return None;
        }
        let read = match usage {
            _ if is_plain => Ok(Default::default()),
            Usage::Shell | Usage::Script => analyse_shell(&text),
            _ if is_expression => analyse(&text, Mode::Expression).map(|analysis| (analysis, Vec::new())),
            _ => analyse(&text, Mode::Template).map(|analysis| (analysis, Vec::new())),
        };
        let ((analysis, holes), error) = match read {
            Ok(read) => (read, None),
            Err(error) => (Default::default(), Some(error)),
        };
        Some(Self { text, usage, step, moment, analysis, error, holes, spelling: OnceCell::new() })
    }

    /// The references that start with a name.
    pub(in crate::language::lint) fn rooted(&self, root: &'static str) -> impl Iterator<Item = &Reference> {
        self.analysis.references.iter().filter(move |reference| reference.root() == root)
    }

    pub(in crate::language::lint) fn span(&self, source: &Source, range: &Range<usize>) -> Span {
        self.spelling.get_or_init(|| self.text.spelling(source)).part(range.clone())
    }

    /// Whether the file spells the text as it is, so that a correction can be put in as it is.
    pub(in crate::language::lint) fn is_verbatim(&self) -> bool {
        matches!(self.text.style, Style::Plain | Style::Literal | Style::Folded)
    }
}
