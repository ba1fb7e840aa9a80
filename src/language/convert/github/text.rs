//! Texts with `${{ }}` in them.

use super::super::expression::{Dialect, Expr, Piece as Written, Why, parse, path, write};
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

/// A text as an expression, what it pastes in between in brackets.
pub(super) fn bracketed(text: &str) -> String {
    let piece = |piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Expression(text) => format!("({text})"),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// The plain words that an expression always is.
pub(super) fn constant(piece: &Written) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "./:_-".contains(c);
    let inner = piece.text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.is_empty() && inner.chars().all(is_plain)).then_some(inner)
}

/// A name for people, the paths that GitHub writes values for in brackets; none where it is computed.
pub(super) fn label(text: &str) -> Option<String> {
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_plain = pieces(text).iter().all(|piece| match piece {
        Piece::Text(_) => true,
        Piece::Expression(text) => text.chars().all(is_path),
    });
    let shown = bracketed(text).replace("((", "(").replace("))", ")");
    (is_plain && !plain(text).is_empty()).then(|| literal(&shown))
}

/// The words of a text that are always the same.
pub(super) fn plain(text: &str) -> String {
    let pieces = pieces(text).into_iter();
    let words = pieces.filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Expression(_) => None,
    });
    words.collect::<String>().trim().to_owned()
}

pub(super) fn has_expressions(text: &str) -> bool {
    text.contains("${{")
}

impl Context<'_> {
    /// A text as a template.
    pub(super) fn template(&mut self, text: &str) -> Result<String, Why> {
        let mut template = String::new();
        let mut saw_secret = false;
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
                    saw_secret |= self.saw_secret;
                    match (&expr, constant(&written)) {
                        (Expr::Text(text), _) => template.push_str(&literal(text)),
                        (_, Some(text)) => template.push_str(text),
                        _ => {
                            let _ = write!(template, "{{{{ {} }}}}", written.text);
                        }
                    }
                }
            }
        }
        self.saw_secret = saw_secret;
        Ok(template)
    }

    /// A text that goes where secrets must not.
    pub(super) fn open_template(&mut self, text: &str) -> Result<String, Why> {
        let template = self.template(text)?;
        if self.saw_secret {
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
