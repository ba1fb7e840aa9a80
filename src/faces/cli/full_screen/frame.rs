//! How a screen is divided: a title, what it is about, and at its end what keys do. In a small window the middle is
//! what stays. And the signs of how things stand.

use super::canvas::Area;
use super::text::{Line, Tone, width};
use crate::faces::cli::render::screen::Letters;
use crate::operations::report::Stands;

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_ASCII: [&str; 4] = ["|", "/", "-", "\\"];
/// Between two pictures of it.
pub const FRAME_MS: u64 = 120;

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

pub fn spinner(look: Look) -> &'static str {
    let frame = usize::try_from(look.now / FRAME_MS.cast_signed()).unwrap_or(0);
    match look.letters {
        Letters::Unicode => SPINNER[frame % SPINNER.len()],
        Letters::Ascii => SPINNER_ASCII[frame % SPINNER_ASCII.len()],
    }
}

pub fn sign(look: Look, unicode: &'static str, ascii: &'static str) -> &'static str {
    if look.letters == Letters::Unicode { unicode } else { ascii }
}

pub fn mark(stands: &Stands, look: Look) -> (Tone, &'static str) {
    match stands {
        Stands::Ahead => (Tone::Faint, sign(look, "◦", ".")),
        Stands::Running | Stands::Checked | Stands::Inside => (Tone::Cool, spinner(look)),
        Stands::Delayed { .. } | Stands::Waiting { .. } | Stands::Child { .. } => {
            (Tone::Cool, sign(look, "…", "~"))
        }
        Stands::Acting { .. } => (Tone::Wants, sign(look, "•", "*")),
        Stands::Succeeded => (Tone::Good, sign(look, "✓", "+")),
        Stands::Failed | Stands::Interrupted => (Tone::Bad, sign(look, "✗", "x")),
        Stands::LeftOut | Stands::Unreached | Stands::Cancelled => (Tone::Faint, "-"),
    }
}
