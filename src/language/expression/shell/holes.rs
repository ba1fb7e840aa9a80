//! Where a script has `{{ }}`, and what surrounds each, without rendering it.

use super::lexer::{Context, Lexer};
use crate::language::expression::environment::shell_syntax;
use crate::language::expression::explain::syntax_error;
use crate::language::expression::references::{analyse_expression, analyse_template};
use crate::language::expression::{Analysis, Error, Mode, Reference, bound};
use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::parse;
use std::ops::Range;

/// One `{{ }}` of a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// From the `{{` to behind the `}}`.
    pub span: Range<usize>,
    pub context: Context,
    /// Its value goes through `| raw`.
    pub raw: bool,
    /// Its last filter yields a number.
    pub numeric: bool,
    pub references: Vec<Reference>,
}

impl Hole {
    /// Whether a value can be put there.
    pub fn is_safe(&self) -> bool {
        self.context == Context::Bare || (self.numeric && self.context.takes_numbers())
    }
}

impl Context {
    /// Whether a number, and nothing else, can be put there.
    pub fn takes_numbers(self) -> bool {
        matches!(self, Self::Arithmetic | Self::Subscript | Self::Parameter)
    }
}

/// The holes of a script in the order of the text. Of the branches of an `{% if %}` each is read from the same start,
/// and the text goes on as after the first.
pub fn shell_holes(script: &str) -> Result<Vec<Hole>, Error> {
    Ok(holes(script, &parsed(script)?))
}

/// What a script refers to, together with its holes.
pub fn analyse_shell(script: &str) -> Result<(Analysis, Vec<Hole>), Error> {
    let parsed = parsed(script)?;
    Ok((analyse_template(&parsed), holes(script, &parsed)))
}

fn parsed(script: &str) -> Result<Stmt<'_>, Error> {
    bound::check(script, Mode::Shell)?;
    parse(script, "template", shell_syntax()).map_err(|error| syntax_error(&error, script, Mode::Shell))
}

fn holes(script: &str, parsed: &Stmt<'_>) -> Vec<Hole> {
    let mut survey = Survey { script, lexer: Lexer::new(), holes: Vec::new() };
    survey.statement(parsed);
    let mut holes = survey.holes;
    if !survey.lexer.ends_balanced() {
        for hole in &mut holes {
            if hole.context == Context::Bare {
                hole.context = Context::Unclear;
            }
        }
    }
    holes
}

struct Survey<'s> {
    script: &'s str,
    lexer: Lexer,
    holes: Vec<Hole>,
}

impl Survey<'_> {
    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(raw) => self.lexer.feed(raw.raw),
            Stmt::EmitExpr(emit) => {
                let start = emit.span().start_offset as usize;
                let end = emit.span().end_offset as usize;
                self.hole(&emit.expr, start..self.closed(end));
            }
            Stmt::ForLoop(each) => {
                let before = self.lexer.clone();
                self.statements(&each.body);
                let after = std::mem::replace(&mut self.lexer, before);
                self.statements(&each.else_body);
                self.lexer = after;
            }
            Stmt::IfCond(condition) => {
                let before = self.lexer.clone();
                self.statements(&condition.true_body);
                let after = std::mem::replace(&mut self.lexer, before);
                self.statements(&condition.false_body);
                self.lexer = after;
            }
            Stmt::WithBlock(with) => self.statements(&with.body),
            Stmt::Block(block) => self.statements(&block.body),
            _ => {}
        }
    }

    fn hole(&mut self, expression: &Expr<'_>, span: Range<usize>) {
        let filter = match expression {
            Expr::Filter(filter) => Some(filter.name),
            _ => None,
        };
        let numeric = matches!(filter, Some("int" | "float" | "length" | "count" | "abs" | "round"));
        self.holes.push(Hole {
            span,
            context: self.lexer.hole(),
            raw: filter == Some("raw"),
            numeric,
            references: analyse_expression(expression).references,
        });
    }

    /// Behind the `}}` that follows an expression.
    fn closed(&self, end: usize) -> usize {
        let rest = &self.script[end..];
        rest.find("}}").map_or(end, |at| end + at + 2)
    }
}
