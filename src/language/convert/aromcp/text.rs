//! Texts with `{{ }}` around JavaScript, and paths of the state.

use super::super::expression::{Dialect, Expr, Piece, Why, parse, test, write};
use super::super::text::literal;
use super::workflow::{AroMcp, SCOPES};
use std::fmt::Write;

/// The texts and expressions of a template.
pub(super) enum Part<'t> {
    Text(&'t str),
    Expression(&'t str),
}

pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let Some(close) = rest[open..].find("}}").map(|close| open + close) else { break };
        if open > 0 {
            parts.push(Part::Text(&rest[..open]));
        }
        parts.push(Part::Expression(rest[open + 2..close].trim()));
        rest = &rest[close + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// The one expression that a text is, `{{ }}` around it or not.
pub(super) fn whole(text: &str) -> &str {
    match parts(text.trim()).as_slice() {
        [Part::Expression(expression)] => expression,
        _ => text.trim(),
    }
}

/// The field of the state that a path names: `this.x`, and not what is inside of one.
pub(super) fn field(path: &str) -> Option<&str> {
    let name = match path.split_once('.') {
        Some((scope, name)) if SCOPES.contains(&scope) => name,
        Some(_) => return None,
        None => path,
    };
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_plain.then_some(name)
}

impl AroMcp<'_, '_> {
    pub(super) fn expression(&mut self, text: &str) -> Result<String, Why> {
        let expr = parse(whole(text), Dialect::JavaScript)?;
        Ok(write(&expr, self)?.text)
    }

    pub(super) fn condition(&mut self, text: &str) -> Result<Piece, Why> {
        let expr = parse(whole(text), Dialect::JavaScript)?;
        test(&expr, self)
    }

    /// A text as a template.
    pub(super) fn template(&mut self, text: &str) -> Result<String, Why> {
        let mut template = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => template.push_str(&literal(text)),
                Part::Expression(text) => match parse(text, Dialect::JavaScript)? {
                    Expr::Text(text) => template.push_str(&literal(&text)),
                    expr => {
                        let _ = write!(template, "{{{{ {} }}}}", write(&expr, self)?.text);
                    }
                },
            }
        }
        Ok(template)
    }

    /// A text as a template in which what can't be computed stays as it was written, and why.
    pub(super) fn as_far_as_possible(&mut self, text: &str) -> (String, Vec<Why>) {
        let mut whys = Vec::new();
        let mut template = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => template.push_str(&literal(text)),
                Part::Expression(written) => match self.template(&format!("{{{{ {written} }}}}")) {
                    Ok(done) => template.push_str(&done),
                    Err(why) => {
                        whys.push(format!("`{written}`: {why}"));
                        let _ = write!(template, "({written})");
                    }
                },
            }
        }
        (template, whys)
    }
}
