//! Texts with `${{ }}` in them.

use super::super::expression::{Dialect, Expr, Why, parse, path, write};
use super::super::text::literal;
use super::context::Context;
use std::fmt::Write;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Expression(&'t str),
}

/// The pieces of a text, expressions without their `${{ }}`.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find("${{") {
        let Some(length) = end(&rest[open + 3..]) else { break };
        if open > 0 {
            pieces.push(Piece::Text(&rest[..open]));
        }
        pieces.push(Piece::Expression(rest[open + 3..open + 3 + length].trim()));
        rest = &rest[open + 3 + length + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Where the `}}` is that ends an expression: not in one of its texts.
fn end(text: &str) -> Option<usize> {
    let mut in_text = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => in_text = !in_text,
            '}' if !in_text && text[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

/// The one expression that a text is, `${{ }}` around it or not.
pub(super) fn whole(text: &str) -> Option<&str> {
    match pieces(text.trim()).as_slice() {
        [Piece::Expression(expression)] => Some(expression),
        _ => None,
    }
}

pub(super) fn has_expressions(text: &str) -> bool {
    text.contains("${{")
}

impl Context<'_> {
    /// An expression as one of this language.
    pub(super) fn expression(&mut self, text: &str) -> Result<String, Why> {
        let expr = parse(text, Dialect::Github)?;
        Ok(write(&expr, self)?.text)
    }

    /// A text as a template.
    pub(super) fn template(&mut self, text: &str) -> Result<String, Why> {
        let mut template = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => template.push_str(&literal(text)),
                Piece::Expression(text) => {
                    self.saw_secret = false;
                    let expr = parse(text, Dialect::Github)?;
                    let is_bare = path(&expr).is_some();
                    let written = write(&expr, self)?;
                    if self.saw_secret && !is_bare {
                        return Err("a secret can only be passed on whole".to_owned());
                    }
                    match &expr {
                        Expr::Text(text) => template.push_str(&literal(text)),
                        _ => {
                            let _ = write!(template, "{{{{ {} }}}}", written.text);
                        }
                    }
                }
            }
        }
        Ok(template)
    }

    /// A text that goes where secrets must not.
    pub(super) fn open_template(&mut self, text: &str) -> Result<String, Why> {
        let template = self.template(text)?;
        if template.contains("secrets.") {
            return Err("a secret would be seen".to_owned());
        }
        Ok(template)
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces, whole};

    #[test]
    fn expressions_end_behind_their_texts() {
        assert_eq!(
            pieces("a ${{ b }} ${{ format('}}', c) }}{{d}} ${{"),
            [
                Piece::Text("a "),
                Piece::Expression("b"),
                Piece::Text(" "),
                Piece::Expression("format('}}', c)"),
                Piece::Text("{{d}} ${{"),
            ]
        );
        assert_eq!((whole(" ${{ a }} "), whole("${{ a }}b"), whole("a")), (Some("a"), None, None));
    }
}
