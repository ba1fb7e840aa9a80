//! From a place in a scalar's value back to the place in the text, through quotes, escapes, folding and
//! indentation; and the exact span of a token.

mod block;
mod flow;

use super::{Style, Text};
use crate::language::source::{Source, Span};
use std::ops::Range;

impl Text {
    /// The byte offset in the source of a byte offset in the value.
    pub fn offset(&self, source: &Source, within: usize) -> usize {
        Spelling::of(source.text(), self).source_offset(within).unwrap_or(self.span.start)
    }

    /// The part of the source that spells a part of the value.
    pub fn part(&self, source: &Source, within: Range<usize>) -> Span {
        self.spelling(source).part(within)
    }

    /// How the source spells the value, for whoever asks for many parts of it.
    pub fn spelling(&self, source: &Source) -> Spelling {
        Spelling::of(source.text(), self)
    }
}

/// A value as it is put together from pieces of the source.
#[derive(Debug, Default)]
pub struct Spelling {
    whole: Span,
    value: String,
    pieces: Vec<Piece>,
    /// Whether the pieces give the very value that the parser gave.
    is_exact: bool,
}

/// Bytes of the value and the bytes of the source that stand for them.
#[derive(Debug)]
struct Piece {
    value: usize,
    value_len: usize,
    source: usize,
    source_len: usize,
}

impl Spelling {
    /// The part of the source that spells a part of the value; all of it where that can't be told.
    pub fn part(&self, within: Range<usize>) -> Span {
        match (self.source_offset(within.start), self.source_end(within.end)) {
            (Some(start), Some(end)) => Span::new(start, end),
            _ => self.whole,
        }
    }

    fn of(text: &str, scalar: &Text) -> Self {
        let mut spelling = Self { whole: scalar.span, ..Self::default() };
        match scalar.style {
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => {
                flow::spell(text, scalar.span, scalar.style, &mut spelling);
            }
            Style::Literal | Style::Folded => {
                block::spell(text, scalar.span.start, scalar.style, &scalar.value, &mut spelling);
            }
        }
        spelling.is_exact = spelling.value == *scalar.value;
        spelling
    }

    fn copy(&mut self, text: &str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.value_len == last.source_len
            && last.source + last.source_len == range.start
        {
            last.value_len += range.len();
            last.source_len += range.len();
        } else {
            self.pieces.push(Piece {
                value: self.value.len(),
                value_len: range.len(),
                source: range.start,
                source_len: range.len(),
            });
        }
        self.value.push_str(&text[range]);
    }

    fn put(&mut self, character: char, range: Range<usize>) {
        self.pieces.push(Piece {
            value: self.value.len(),
            value_len: character.len_utf8(),
            source: range.start,
            source_len: range.len(),
        });
        self.value.push(character);
    }

    fn source_offset(&self, within: usize) -> Option<usize> {
        let at = self.pieces.partition_point(|piece| piece.value <= within);
        self.place(at, within)
    }

    /// As `source_offset`, for the end of a range: it belongs to the piece in front of it.
    fn source_end(&self, within: usize) -> Option<usize> {
        let at = self.pieces.partition_point(|piece| piece.value < within);
        self.place(at.max(1), within)
    }

    fn place(&self, after: usize, within: usize) -> Option<usize> {
        let piece = self.pieces.get(after.checked_sub(1)?).filter(|_| self.is_exact)?;
        let delta = within.saturating_sub(piece.value);
        Some(if delta >= piece.value_len {
            piece.source + piece.source_len
        } else if piece.value_len == piece.source_len {
            piece.source + delta
        } else {
            piece.source
        })
    }
}

/// White space as YAML knows it.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Behind an anchor and a tag that stand in front of a value.
pub(super) fn skip_properties(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while matches!(bytes.get(at), Some(b'&' | b'!')) {
        let end = text[at..].find(|c: char| BLANK.contains(&c) || matches!(c, ',' | '[' | ']' | '{' | '}'));
        at = skip_blank(text, end.map_or(text.len(), |end| at + end));
    }
    at
}

/// Behind white space, line breaks and comments.
fn skip_blank(text: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches(BLANK).len();
        if !text[at..].starts_with('#') {
            return at;
        }
        at = text[at..].find('\n').map_or(text.len(), |end| at + end);
    }
}

/// The token of a scalar: quotes and block headers included, properties and blank lines behind it not.
pub(super) fn scalar_span(text: &str, span: Span, style: Style, value: &str) -> Span {
    match style {
        Style::Literal | Style::Folded => {
            let start = block::header(text, span.start);
            let header_end = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
            let body = &text[start..span.end.max(start)];
            let end = if value.is_empty() { header_end } else { start + body.trim_end_matches(BLANK).len() };
            Span::new(start, end.max(start + 1).min(text.len()))
        }
        Style::Plain if value.is_empty() => {
            Span::at(skip_properties(text, span.start).min(span.end.max(span.start)))
        }
        _ => {
            let start = skip_properties(text, span.start);
            let body = &text[start..span.end.max(start)];
            let body = body.trim_end_matches(BLANK);
            Span::new(start, start + closing_quote(body, style).unwrap_or(body.len()))
        }
    }
}

/// Where a quoted scalar ends; a comment behind it may look like a part of it.
fn closing_quote(body: &str, style: Style) -> Option<usize> {
    let quote = match style {
        Style::SingleQuoted => b'\'',
        Style::DoubleQuoted => b'"',
        _ => return None,
    };
    let bytes = body.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        let is_pair = quote == b'\'' && bytes[at..].starts_with(b"''");
        let is_escape = quote == b'"' && bytes[at] == b'\\';
        if is_pair || is_escape {
            at += 2;
        } else if bytes[at] == quote {
            return Some(at + 1);
        } else {
            at += 1;
        }
    }
    None
}

/// Where the value of a key would stand that has none.
pub(super) fn after_colon(text: &str, key: Span) -> Span {
    let rest = &text[key.end..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let colon = usize::from(rest[blank..].starts_with(':'));
    Span::at(if colon == 1 { key.end + blank + 1 } else { key.end })
}

/// Whether the source at its span gives the scalar's value again.
#[cfg(test)]
pub(super) fn is_exact(source: &Source, scalar: &Text) -> bool {
    Spelling::of(source.text(), scalar).is_exact
}
