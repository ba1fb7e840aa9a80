//! What a template refers to, from its syntax tree: paths with the place of every part, and names that do not exist.

mod walk;

use super::environment::{shell_syntax, text_syntax};
use super::explain::syntax_error;
use super::{Error, bound};
use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{parse, parse_expr};
use std::ops::Range;
use walk::Walk;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Text with `{{ }}`, `{% %}` and `{# #}`.
    Template,
    /// A shell script: as a template, but `{#` is the shell's own.
    Shell,
    /// One bare expression.
    Expression,
}

/// One use of a name, with what is looked up in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub path: Vec<Part>,
    pub span: Range<usize>,
    /// Under `default`, or tested with `is defined` somewhere in the same text: it may be missing.
    pub guarded: bool,
    /// It goes through the filter `raw`.
    pub raw: bool,
    /// It is all that its `{{ }}`, or the expression, consists of.
    pub whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: PartName,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartName {
    Name(String),
    Index(i64),
    /// Known only when the template is rendered.
    Dynamic,
}

impl Reference {
    /// The name it starts with.
    pub fn root(&self) -> &str {
        self.name(0).unwrap_or_default()
    }

    /// The part at a position, where it is a name.
    pub fn name(&self, index: usize) -> Option<&str> {
        match &self.path.get(index)?.name {
            PartName::Name(name) => Some(name),
            PartName::Index(_) | PartName::Dynamic => None,
        }
    }

    /// Whether it is this name or starts with these names.
    pub fn starts_with(&self, names: &[String]) -> bool {
        names.iter().enumerate().all(|(index, name)| self.name(index) == Some(name))
    }
}

/// A filter, test or function that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    pub kind: UnknownKind,
    pub name: String,
    pub span: Range<usize>,
    /// The existing name it resembles.
    pub near: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownKind {
    Filter,
    Test,
    Function,
}

impl UnknownKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Test => "test",
            Self::Function => "function",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    pub references: Vec<Reference>,
    pub unknown: Vec<Unknown>,
    /// What an expression yields whatever is in scope.
    pub constant: Option<serde_json::Value>,
}

/// Reads a text without rendering it.
pub fn analyse(text: &str, mode: Mode) -> Result<Analysis, Error> {
    bound::check(text, mode)?;
    if mode == Mode::Expression {
        let parsed = parse_expr(text).map_err(|error| syntax_error(&error, text, mode))?;
        // A product can be large, and a text is read before anybody trusts it.
        let small = Some(&parsed).filter(|_| !text.contains('*'));
        let constant = small.and_then(Expr::as_const).and_then(|value| serde_json::to_value(value).ok());
        return Ok(Analysis { constant, ..analyse_expression(&parsed) });
    }
    let syntax = if mode == Mode::Shell { shell_syntax() } else { text_syntax() };
    let parsed = parse(text, "template", syntax).map_err(|error| syntax_error(&error, text, mode))?;
    Ok(analyse_template(&parsed))
}

/// The references of a text alone.
pub fn references(text: &str, mode: Mode) -> Result<Vec<Reference>, Error> {
    Ok(analyse(text, mode)?.references)
}

pub(super) fn analyse_template(template: &Stmt<'_>) -> Analysis {
    let mut walk = Walk::new();
    walk.statement(template);
    walk.finish()
}

pub(super) fn analyse_expression(expression: &Expr<'_>) -> Analysis {
    let mut walk = Walk::new();
    walk.emitted(expression);
    walk.finish()
}
