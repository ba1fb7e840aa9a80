//! Tables that fit the window: plain columns under a dim head, so that they can be copied and cut.

use super::View;
use crate::faces::cli::render::screen::Paint;
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, TableStyle};

pub use crate::operations::visible::{visible, visible_lines};

/// A cell and how it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Wants,
}

pub fn cell(text: impl Into<String>, tone: Tone) -> Cell {
    let cell = Cell::new(visible(&text.into().replace('\n', " ")));
    match tone {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::Green),
        Tone::Bad => cell.fg(Color::Red),
        Tone::Wants => cell.fg(Color::Yellow),
    }
}

pub fn plain(text: impl Into<String>) -> Cell {
    cell(text, Tone::Plain)
}

/// How the state of a run is meant.
pub fn status(status: &str) -> Cell {
    let tone = match status {
        "completed" => Tone::Good,
        "failed" | "cancelled" => Tone::Bad,
        "pending_action" | "paused" => Tone::Wants,
        _ => Tone::Plain,
    };
    cell(status, tone)
}

pub fn table(head: &[&str], rows: Vec<Vec<Cell>>, view: &View) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(view.width).unwrap_or(u16::MAX));
    match view.paint {
        Paint::Plain => table.force_no_tty(),
        Paint::Colored => table.enforce_styling(),
    };
    table.set_header(head.iter().map(|name| cell(name.to_uppercase(), Tone::Faint)));
    let first = rows.iter().filter_map(|row| row.first());
    let first = first.map(|cell| cell.content().chars().count()).max().unwrap_or_default();
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    // An id that is broken over two lines can't be copied; a name may be too long to leave the others any room.
    if let Some(column) = table.column_mut(0).filter(|_| first <= view.width / 2) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    let text: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", text.join("\n"))
}
