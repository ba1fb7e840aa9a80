//! A long text that is scrolled: a step in detail, an action as its holder gets it, a log, help.

use super::frame::{Foot, Look, framed, middle, rule};
use super::text::{Line, Tone, wrapped};

/// A paragraph, before it is broken into lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub tone: Tone,
    pub indent: usize,
    pub text: String,
}

impl Piece {
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, indent: 0, text: text.into() }
    }

    pub fn inside(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, indent: 2, text: text.into() }
    }

    pub fn gap() -> Self {
        Self::of(Tone::Plain, "\n")
    }
}

#[derive(Debug, Default)]
pub struct Sheet {
    pieces: Vec<Piece>,
    /// For the width they were broken for.
    lines: Option<(usize, Vec<Line>)>,
    top: usize,
    /// What is added at the end is seen.
    pub follows: bool,
}

impl Sheet {
    pub fn at_end() -> Self {
        Self { follows: true, ..Self::default() }
    }

    /// Another text in its place; where somebody is in it stays.
    pub fn replace(&mut self, pieces: Vec<Piece>) {
        if pieces != self.pieces {
            self.pieces = pieces;
            self.lines = None;
        }
    }

    pub fn add(&mut self, pieces: Vec<Piece>) {
        if let Some((columns, lines)) = &mut self.lines {
            lines.extend(pieces.iter().flat_map(|piece| broken(piece, *columns)));
        }
        self.pieces.extend(pieces);
    }

    pub fn move_by(&mut self, lines: isize) {
        self.top = self.top.saturating_add_signed(lines);
        self.follows = false;
    }

    pub fn screen(&mut self, title: &Line, look: Look, foot: &Foot) -> Vec<Line> {
        let columns = look.area.columns;
        if self.lines.as_ref().is_none_or(|(wide, _)| *wide != columns) {
            let lines = self.pieces.iter().flat_map(|piece| broken(piece, columns)).collect();
            self.lines = Some((columns, lines));
        }
        let heads = if look.area.rows < 8 { vec![title.clone()] } else { vec![title.clone(), rule(look)] };
        let rows = middle(look, heads.len(), foot);
        let lines: &[Line] = self.lines.as_ref().map_or(&[], |(_, lines)| lines);
        let last = lines.len().saturating_sub(rows);
        if self.follows || self.top > last {
            self.top = last;
        }
        let shown = lines.iter().skip(self.top).take(rows).cloned().collect();
        framed(look, heads, shown, foot)
    }
}

fn broken(piece: &Piece, columns: usize) -> Vec<Line> {
    wrapped(&piece.text, piece.tone, piece.indent, columns)
}
