//! How a screen is divided: a title, what it is about, and at its end what keys do. In a small window the middle is
//! what stays.

use super::canvas::Area;
use super::text::{Line, Tone, width};
use crate::faces::cli::render::screen::Letters;

/// What a screen is drawn with.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub area: Area,
    pub letters: Letters,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// What stands below everything: a question or a message before the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foot {
    pub said: Option<Line>,
    /// A key and what it does, the most wanted first.
    pub keys: Vec<(&'static str, &'static str)>,
}

/// Rows that a title and a foot leave to the middle.
pub fn middle(look: Look, title: usize, foot: &Foot) -> usize {
    look.area.rows.saturating_sub(title + usize::from(foot.said.is_some()) + 1).max(1)
}

/// The whole screen.
pub fn framed(look: Look, title: Vec<Line>, middle: Vec<Line>, foot: &Foot) -> Vec<Line> {
    let end = look.area.rows.saturating_sub(usize::from(foot.said.is_some()) + 1);
    let mut lines = title;
    lines.extend(middle);
    lines.resize(end, Line::default());
    lines.extend(foot.said.clone());
    lines.push(keys(&foot.keys, look.area.columns));
    lines
}

/// As many keys as there is room for; the last one, which leads out, is always among them.
fn keys(keys: &[(&str, &str)], columns: usize) -> Line {
    let Some((last, others)) = keys.split_last() else { return Line::default() };
    let room = |(key, what): &(&str, &str)| width(key) + width(what) + 3;
    let mut left = (columns + 2).saturating_sub(room(last));
    let mut line = Line::default();
    for key in others {
        let Some(rest) = left.checked_sub(room(key)) else { break };
        left = rest;
        line = said(line, key);
    }
    said(line, last)
}

fn said(line: Line, (key, what): &(&str, &str)) -> Line {
    let gap = if line.width() > 0 { "  " } else { "" };
    line.and(Tone::Plain, gap).and(Tone::Strong, key).and(Tone::Faint, &format!(" {what}"))
}

/// A line through the whole width.
pub fn rule(look: Look) -> Line {
    let stroke = if look.letters == Letters::Unicode { "─" } else { "-" };
    Line::of(Tone::Faint, &stroke.repeat(look.area.columns))
}

/// Which lines of a list are seen: from where, so that the chosen one is among them and nothing is left empty.
pub fn window(top: usize, chosen: usize, rows: usize, count: usize) -> usize {
    let top = top.min(chosen).max((chosen + 1).saturating_sub(rows));
    top.min(count.saturating_sub(rows))
}
