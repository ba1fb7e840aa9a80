//! What a text says in blocks and what it says beside them, where one text extends another.

use super::bound;
use super::environment::text_syntax;
use super::explain::syntax_error;
use super::{Error, Mode};
use minijinja::machinery::ast::Stmt;
use minijinja::machinery::{Span, parse};
use std::ops::Range;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Each with the place of its name.
    pub outer: Vec<(String, Range<usize>)>,
    /// Those inside of others.
    pub inner: Vec<String>,
    /// The first thing that is written outside of them.
    pub beside: Option<Range<usize>>,
}

/// The blocks of a text.
pub fn blocks(text: &str) -> Result<Blocks, Error> {
    bound::check(text, Mode::Template)?;
    let parsed =
        parse(text, "template", text_syntax()).map_err(|error| syntax_error(&error, text, Mode::Template))?;
    let mut found = Blocks::default();
    if let Stmt::Template(template) = &parsed {
        found.collect(&template.children, Around::Nothing, text);
    }
    Ok(found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Block,
}

impl Blocks {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.outer.iter().map(|(name, _)| name.as_str()).chain(self.inner.iter().map(String::as_str))
    }

    fn collect(&mut self, statements: &[Stmt<'_>], around: Around, text: &str) {
        for statement in statements {
            match statement {
                Stmt::Block(block) => {
                    let start = range(block.span()).start;
                    let at = text.get(start..).and_then(|rest| rest.find(block.name)).unwrap_or(0) + start;
                    match around {
                        Around::Nothing => {
                            self.outer.push((block.name.to_owned(), at..at + block.name.len()));
                        }
                        Around::Block => self.inner.push(block.name.to_owned()),
                    }
                    self.collect(&block.body, Around::Block, text);
                }
                Stmt::ForLoop(each) => {
                    self.collect(&each.body, around, text);
                    self.collect(&each.else_body, around, text);
                }
                Stmt::IfCond(condition) => {
                    self.collect(&condition.true_body, around, text);
                    self.collect(&condition.false_body, around, text);
                }
                Stmt::WithBlock(with) => self.collect(&with.body, around, text),
                Stmt::FilterBlock(block) => self.collect(&block.body, around, text),
                Stmt::EmitRaw(raw) => {
                    let first = raw.raw.trim_start().lines().next().unwrap_or_default();
                    if !first.is_empty() {
                        let skipped = raw.raw.len() - raw.raw.trim_start().len();
                        let start = range(raw.span()).start + skipped;
                        self.note(start..start + first.trim_end().len(), around);
                    }
                }
                Stmt::EmitExpr(emit) => self.note(range(emit.expr.span()), around),
                Stmt::CallBlock(call) => self.note(range(call.span()), around),
                _ => {}
            }
        }
    }

    fn note(&mut self, at: Range<usize>, around: Around) {
        if around == Around::Nothing && self.beside.is_none() {
            self.beside = Some(at);
        }
    }
}

fn range(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_wherever_they_are_and_so_is_what_is_beside_them() {
        let text = "\n{% if x %}{% block a %}A{% block b %}{{ x }}{% endblock %}{% endblock %}{% endif %}\n";
        let found = blocks(text).unwrap();
        let outer: Vec<&str> = found.outer.iter().map(|(_, at)| &text[at.clone()]).collect();
        assert_eq!((outer, found.names().collect::<Vec<_>>()), (vec!["a"], vec!["a", "b"]));
        assert_eq!(found.beside, None);
        let beside = |text: &str| blocks(text).unwrap().beside.map(|at| text[at].to_owned());
        assert_eq!(beside("{% set x = 1 %}{# a remark #}{% block a %}A{% endblock %}"), None);
        assert_eq!(beside("{% block a %}{% endblock %} more"), Some("more".to_owned()));
        assert_eq!(beside("{% for x in y %}{{ x }}{% endfor %}"), Some("x".to_owned()));
        assert!(blocks("{% block a %}").is_err());
    }
}
