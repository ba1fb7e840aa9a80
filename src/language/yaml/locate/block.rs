//! Literal and folded blocks: indentation taken away, lines joined.

use super::Spelling;
use super::flow::break_len;
use crate::language::yaml::Style;
use std::ops::Range;

/// Where `|` or `>` stands. The parser tells the first line of the text instead, unless a property precedes it.
pub(super) fn header(text: &str, start: usize) -> usize {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    if text[line_start..start].chars().all(|c| c == ' ') {
        let above = text[..line_start].trim_end_matches([' ', '\t', '\r', '\n']);
        let above_start = above.rfind('\n').map_or(0, |at| at + 1);
        if let Some(at) = header_in(&above[above_start..]) {
            return above_start + at;
        }
    }
    let behind = super::skip_properties(text, start);
    if text[behind..].starts_with(['|', '>']) { behind } else { start }
}

fn header_in(line: &str) -> Option<usize> {
    line.char_indices()
        .filter(|&(at, c)| {
            matches!(c, '|' | '>') && (at == 0 || line[..at].ends_with([' ', '\t', '\u{feff}']))
        })
        .map(|(at, _)| at)
        .find(|at| {
            let rest =
                line[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
            rest.is_empty()
                || rest.starts_with([' ', '\t']) && rest.trim_start().chars().next().is_none_or(|c| c == '#')
        })
}

pub(super) fn spell(text: &str, header: usize, style: Style, value: &str, spelling: &mut Spelling) {
    let Some(body) = text[header..].find('\n').map(|end| header + end + 1) else { return };
    let indent = indentation(&text[body..], value);
    let mut at = body;
    let mut before: Option<Line> = None;
    let mut breaks: Vec<Range<usize>> = Vec::new();
    while at < text.len() && spelling.value.len() < value.len() {
        let line = Line::at(text, at, indent);
        let is_behind = |rest: &str| rest.trim_start_matches('\n').is_empty();
        if !line.content.is_empty() && value.get(spelling.value.len()..).is_none_or(is_behind) {
            break;
        }
        at = line.ending.end;
        if line.content.is_empty() {
            breaks.push(line.ending);
            continue;
        }
        join(style, before.as_ref(), &line, &mut breaks, spelling);
        spelling.copy(text, line.content.clone());
        before = Some(line);
    }
    if let Some(last) = before {
        spelling.put('\n', last.ending);
    }
    for ending in breaks {
        spelling.put('\n', ending);
    }
    // Chomping takes line breaks from the end only.
    while spelling.value.len() > value.len() && spelling.value.ends_with('\n') {
        spelling.value.pop();
        spelling.pieces.pop();
    }
}

struct Line {
    content: Range<usize>,
    ending: Range<usize>,
    is_indented_more: bool,
}

impl Line {
    fn at(text: &str, start: usize, indent: usize) -> Self {
        let end = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
        let spaces = text[start..end].len() - text[start..end].trim_start_matches(' ').len();
        let content = start + spaces.min(indent)..end;
        let is_indented_more = text[content.clone()].starts_with([' ', '\t']);
        Self { content, ending: end..end + break_len(&text[end..]), is_indented_more }
    }
}

/// What stands in the value between two lines of content.
fn join(
    style: Style,
    before: Option<&Line>,
    line: &Line,
    blank: &mut Vec<Range<usize>>,
    spelling: &mut Spelling,
) {
    if let Some(before) = before {
        let folds = style == Style::Folded && !before.is_indented_more && !line.is_indented_more;
        if !folds {
            spelling.put('\n', before.ending.clone());
        } else if blank.is_empty() {
            spelling.put(' ', before.ending.clone());
        }
    }
    for ending in blank.drain(..) {
        spelling.put('\n', ending);
    }
}

/// How far the text is indented: by what its first line with anything on it has lost.
fn indentation(body: &str, value: &str) -> usize {
    let leading = |text: &str| {
        text.lines()
            .find(|line| !line.trim_matches(' ').is_empty())
            .map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
    };
    leading(body).saturating_sub(leading(value))
}
