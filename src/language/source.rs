//! A named text and the places in it: byte offsets, lines and columns. It leaves reading files to its callers.

use std::ops::Range;

/// What somebody wrote, and the name it is shown under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// A range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A place as editors count it: both from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// A place between two characters.
    pub fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, line_starts }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; spans that do not fit the text give what does.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        &self.text[start..end]
    }

    /// Offsets beyond the text or inside a character count as the nearest place before them.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1];
        Position { line, column: self.text[start..offset].chars().count() + 1 }
    }

    /// The byte offset of a position; a column beyond its line counts as the line's end.
    pub fn offset(&self, position: Position) -> Option<usize> {
        let span = self.line(position.line)?;
        let columns = self.text[span.range()].char_indices().map(|(at, _)| at);
        Some(
            span.start
                + columns
                    .chain([span.end - span.start])
                    .nth(position.column.checked_sub(1)?)
                    .unwrap_or(span.end - span.start),
        )
    }

    /// A line without its line break, counted from one.
    pub fn line(&self, number: usize) -> Option<Span> {
        let start = *self.line_starts.get(number.checked_sub(1)?)?;
        let end = self.line_starts.get(number).map_or(self.text.len(), |next| next - 1);
        let end = if end > start && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        Some(Span { start, end })
    }

    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    pub(in crate::language) fn floor(&self, offset: usize) -> usize {
        floor(&self.text, offset)
    }
}

/// The nearest place at or before an offset that is between two characters.
pub(in crate::language) fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::{Position, Source};

    #[test]
    fn positions_count_characters_and_survive_windows_line_ends() {
        let source = Source::new("x", "äb: 1\r\nc: ü\n");
        let at = source.text().find('ü').unwrap();
        assert_eq!(source.position(at), Position { line: 2, column: 4 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(1), Position { line: 1, column: 1 }, "inside a character");
        assert_eq!(source.position(999), Position { line: 3, column: 1 });
        assert_eq!(source.slice(source.line(1).unwrap()), "äb: 1");
        assert_eq!(source.offset(Position { line: 2, column: 4 }), Some(at));
        assert_eq!(source.offset(Position { line: 1, column: 99 }), Some(6));
        assert_eq!(source.offset(Position { line: 9, column: 1 }), None);
    }
}
