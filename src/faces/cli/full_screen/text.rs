//! Lines of text with a tone, and how they fit a width. Whatever becomes part of a line is made harmless here: it may
//! come from a step, and a terminal acts upon what it is sent.

use crate::faces::cli::render::screen::Paint;
use crate::faces::cli::render::table::visible;
use dialoguer::console::measure_text_width;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Wants,
    Cool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    tone: Tone,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    spans: Vec<Span>,
    /// Whether it is the one that keys act upon.
    chosen: bool,
}

impl Line {
    pub fn of(tone: Tone, text: &str) -> Self {
        Self::default().and(tone, text)
    }

    pub fn plain(text: &str) -> Self {
        Self::of(Tone::Plain, text)
    }

    #[must_use]
    pub fn and(mut self, tone: Tone, text: &str) -> Self {
        if !text.is_empty() {
            self.spans.push(Span { tone, text: harmless(text) });
        }
        self
    }

    /// Spaces up to this column; one where it is passed already.
    #[must_use]
    pub fn at_column(self, column: usize) -> Self {
        let width = self.width();
        let gap = column.saturating_sub(width).max(usize::from(width > column));
        self.and(Tone::Plain, &" ".repeat(gap))
    }

    #[must_use]
    pub fn choose_if(self, is_chosen: impl FnOnce() -> bool) -> Self {
        Self { chosen: is_chosen(), ..self }
    }

    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| width(&span.text)).sum()
    }

    /// As much of it as fits; what does not is said by a dot.
    #[must_use]
    pub fn clipped(&self, columns: usize) -> Self {
        if self.width() <= columns {
            return self.clone();
        }
        let mut left = columns.saturating_sub(1);
        let mut spans = Vec::new();
        for span in &self.spans {
            let (text, taken) = beginning(&span.text, left);
            left -= taken;
            let is_whole = text.len() == span.text.len();
            spans.push(Span { tone: span.tone, text });
            if !is_whole {
                break;
            }
        }
        if columns > 0 {
            spans.push(Span { tone: Tone::Faint, text: "…".to_owned() });
        }
        Self { spans, chosen: self.chosen }
    }

    /// As it is sent to a terminal of this width, so that nothing else is left on its row.
    pub fn rendered(&self, columns: usize, paint: Paint) -> String {
        let line = self.clipped(columns);
        let text: String = line.spans.iter().map(|span| painted(span, paint)).collect();
        let rest = columns.saturating_sub(line.width());
        if self.chosen && paint == Paint::Colored {
            // A tone ends in a reset, which would end the reversal, too.
            let text = text.replace("\x1b[0m", "\x1b[0;7m");
            return format!("\x1b[7m{text}{}\x1b[0m", " ".repeat(rest));
        }
        // After the last column the cursor is still on it: to clear the rest would clear that letter.
        if rest == 0 { text } else { format!("{text}\x1b[K") }
    }

    /// What is read, without tones.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

fn painted(span: &Span, paint: Paint) -> String {
    match span.tone {
        Tone::Plain => span.text.clone(),
        Tone::Strong => paint.bold(&span.text),
        Tone::Faint => paint.dim(&span.text),
        Tone::Good => paint.green(&span.text),
        Tone::Bad => paint.red(&span.text),
        Tone::Wants => paint.yellow(&span.text),
        Tone::Cool => paint.cyan(&span.text),
    }
}

/// One line in which nothing is left that a terminal acts upon, or that changes the order in which others are read.
pub fn harmless(text: &str) -> String {
    visible(&text.replace(['\t', '\n', '\r', '\u{2028}', '\u{2029}'], " "))
}

pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { measure_text_width(text) }
}

/// As many letters as fit, and their width.
fn beginning(text: &str, columns: usize) -> (String, usize) {
    let mut taken = 0;
    let mut beginning = String::new();
    for letter in text.chars() {
        let wide = width(letter.encode_utf8(&mut [0; 4]));
        if taken + wide > columns {
            break;
        }
        taken += wide;
        beginning.push(letter);
    }
    (beginning, taken)
}

/// A text of many lines, broken at spaces where it is too wide, each line set in by `indent`.
pub fn wrapped(text: &str, tone: Tone, indent: usize, columns: usize) -> Vec<Line> {
    let room = columns.saturating_sub(indent).max(8);
    let set_in = " ".repeat(indent);
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut rest = harmless(&line.replace('\t', "    "));
        loop {
            let (mut part, _) = beginning(&rest, room);
            if part.len() < rest.len() {
                let cut = part.rfind(' ').filter(|at| !part[..*at].trim().is_empty());
                part.truncate(cut.map_or(part.len(), |at| at + 1));
            }
            // A letter that is wider than the room would come again and again.
            if part.is_empty() && !rest.is_empty() {
                part.clone_from(&rest);
            }
            lines.push(Line::plain(&set_in).and(tone, part.trim_end()));
            rest.drain(..part.len());
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}
