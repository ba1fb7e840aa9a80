//! A sheet of cells on which lines know how they meet.

use super::terminal::{Ink, Letters, Page};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthChar;

pub const UP: u8 = 1;
pub const DOWN: u8 = 2;
pub const LEFT: u8 = 4;
pub const RIGHT: u8 = 8;

/// How a cell is coloured where there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Bold,
    Faint,
    /// With the number of a colour.
    Colored(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Empty,
    Line(u8),
    Letter(char, Tone),
    /// The second half of a wide letter.
    Half,
}

pub struct Canvas {
    width: usize,
    cells: Vec<Cell>,
    /// What is written over a letter, such as an accent.
    over: BTreeMap<usize, String>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, cells: vec![Cell::Empty; width * height], over: BTreeMap::new() }
    }

    fn at(&self, x: usize, y: usize) -> Option<usize> {
        let at = y * self.width + x;
        (x < self.width && at < self.cells.len()).then_some(at)
    }

    /// Let a line reach a cell from some sides; where it meets another, they join.
    pub fn join(&mut self, (x, y): (usize, usize), sides: u8) {
        let Some(at) = self.at(x, y) else { return };
        match &mut self.cells[at] {
            Cell::Line(known) => *known |= sides,
            cell => *cell = Cell::Line(sides),
        }
    }

    /// A line downwards through a cell; one that only crosses it from left to right is interrupted.
    pub fn pass_down(&mut self, (x, y): (usize, usize)) {
        let Some(at) = self.at(x, y) else { return };
        match &mut self.cells[at] {
            Cell::Line(known) if *known != LEFT | RIGHT => *known |= UP | DOWN,
            cell => *cell = Cell::Line(UP | DOWN),
        }
    }

    pub fn put(&mut self, (mut x, y): (usize, usize), text: &str, tone: Tone) {
        for letter in text.chars() {
            let width = letter.width().unwrap_or(0);
            if width == 0 {
                self.put_over(x, y, letter);
                continue;
            }
            for half in 0..width {
                if let Some(at) = self.at(x + half, y) {
                    self.cells[at] = if half == 0 { Cell::Letter(letter, tone) } else { Cell::Half };
                }
            }
            x += width;
        }
    }

    /// What joins letters to one is left out: how wide that is, terminals do not agree upon.
    fn put_over(&mut self, x: usize, y: usize, letter: char) {
        let joins = matches!(letter, '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        if let Some(at) = x.checked_sub(1).and_then(|x| self.at(x, y)).filter(|_| !joins) {
            self.over.entry(at).or_default().push(letter);
        }
    }

    pub fn text(&self, page: &Page) -> String {
        let mut text = String::with_capacity(self.cells.len());
        for (row, cells) in self.cells.chunks(self.width.max(1)).enumerate() {
            let end = cells.iter().rposition(|cell| *cell != Cell::Empty).map_or(0, |last| last + 1);
            let mut tone = Tone::Plain;
            for (column, cell) in cells[..end].iter().enumerate() {
                let (letter, wanted) = match cell {
                    Cell::Empty => (' ', tone),
                    Cell::Line(sides) => (line(*sides, page.letters), Tone::Faint),
                    Cell::Letter(letter, tone) => (*letter, *tone),
                    Cell::Half => continue,
                };
                if page.ink == Ink::Colored && wanted != tone {
                    text.push_str(&escape(wanted));
                    tone = wanted;
                }
                text.push(letter);
                if let Some(over) = self.over.get(&(row * self.width + column)) {
                    text.push_str(over);
                }
            }
            if page.ink == Ink::Colored && tone != Tone::Plain {
                text.push_str(&escape(Tone::Plain));
            }
            text.push('\n');
        }
        text
    }
}

/// What makes a terminal write in a tone.
pub fn escape(tone: Tone) -> String {
    match tone {
        Tone::Plain => "\x1b[0m".to_owned(),
        Tone::Bold => "\x1b[0;1m".to_owned(),
        Tone::Faint => "\x1b[0;2m".to_owned(),
        Tone::Colored(color) => format!("\x1b[0;{color}m"),
    }
}

fn line(sides: u8, letters: Letters) -> char {
    const UNICODE: [char; 16] =
        [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];
    let (upright, level) = (sides & (UP | DOWN) != 0, sides & (LEFT | RIGHT) != 0);
    match (letters, upright, level) {
        (Letters::Unicode, ..) => UNICODE[usize::from(sides & 15)],
        (Letters::Ascii, true, true) => '+',
        (Letters::Ascii, true, false) => '|',
        (Letters::Ascii, false, _) => '-',
    }
}
