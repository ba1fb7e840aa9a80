//! What is on the screen, and what has to be sent so that it shows something else: only lines that differ.

use super::text::Line;
use crate::faces::cli::render::screen::Paint;
use std::fmt::Write;

/// A terminal that knows these shows all of what is between them at once; the others pass them over.
const HOLD: &str = "\x1b[?2026h";
const SHOW: &str = "\x1b[?2026l";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub columns: usize,
    pub rows: usize,
}

#[derive(Debug, Default)]
pub struct Canvas {
    shown: Option<(Area, Vec<String>)>,
}

impl Canvas {
    /// What is on the screen is not known any more.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// What makes the screen show these lines; empty where it does.
    pub fn draw(&mut self, lines: &[Line], area: Area, paint: Paint) -> String {
        let wanted: Vec<String> = (0..area.rows)
            .map(|row| lines.get(row).unwrap_or(&Line::default()).rendered(area.columns, paint))
            .collect();
        let known = self.shown.take().filter(|(shown, _)| *shown == area).map(|(_, lines)| lines);
        let mut text = String::new();
        for (row, line) in wanted.iter().enumerate() {
            if known.as_ref().is_none_or(|known| known[row] != *line) {
                let _ = write!(text, "\x1b[{};1H{line}", row + 1);
            }
        }
        self.shown = Some((area, wanted));
        if text.is_empty() { text } else { format!("{HOLD}{text}{SHOW}") }
    }
}
