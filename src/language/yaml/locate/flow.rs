//! Plain and quoted scalars: escapes, and line breaks that fold into spaces.

use super::Spelling;
use crate::language::source::{Span, floor};
use crate::language::yaml::Style;

pub(super) fn spell(text: &str, span: Span, style: Style, spelling: &mut Spelling) {
    let (start, end) = match style {
        Style::Plain => (span.start, span.end),
        _ => (span.start + 1, span.end.saturating_sub(1)),
    };
    let mut at = start;
    while at < end {
        let rest = &text[at..end];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if break_len(&rest[blank..]) > 0 {
            at = fold(&text[..end], at + blank, spelling);
        } else if blank > 0 {
            spelling.copy(text, at..at + blank);
            at += blank;
        } else if style == Style::SingleQuoted && rest.starts_with("''") {
            spelling.put('\'', at..at + 2);
            at += 2;
        } else if style == Style::DoubleQuoted && rest.starts_with('\\') {
            at = escape(&text[..end], at, spelling);
        } else {
            let stop = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n' | '\'' | '\\');
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let len = rest[first..].find(stop).map_or(rest.len(), |len| first + len);
            spelling.copy(text, at..at + len);
            at += len;
        }
    }
}

pub(super) fn break_len(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// One break is a space; of several, all but the first stay.
fn fold(text: &str, start: usize, spelling: &mut Spelling) -> usize {
    let first = start..start + break_len(&text[start..]);
    let (at, more) = further_breaks(text, first.end, spelling);
    if !more {
        spelling.put(' ', first);
    }
    at
}

/// Blank lines behind a break, each of which is a break in the value, and the indentation of the next line.
fn further_breaks(text: &str, start: usize, spelling: &mut Spelling) -> (usize, bool) {
    let mut at = start;
    let mut any = false;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len();
        let len = break_len(&text[at..]);
        if len == 0 {
            return (at, any);
        }
        any = true;
        spelling.put('\n', at..at + len);
        at += len;
    }
}

fn escape(text: &str, at: usize, spelling: &mut Spelling) -> usize {
    let Some(code) = text[at + 1..].chars().next() else { return text.len() };
    let digits = match code {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        '\r' | '\n' => return further_breaks(text, at + 1 + break_len(&text[at + 1..]), spelling).0,
        _ => 0,
    };
    let end = at + 1 + code.len_utf8() + digits;
    let value = if digits > 0 {
        text.get(at + 2..end).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32)
    } else {
        named(code)
    };
    if let Some(value) = value {
        spelling.put(value, at..end);
    }
    floor(text, end)
}

fn named(code: char) -> Option<char> {
    Some(match code {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        ' ' | '"' | '/' | '\\' => code,
        _ => return None,
    })
}
