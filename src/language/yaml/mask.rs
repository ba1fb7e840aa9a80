//! Templates that are not in quotes. YAML ends a value at a brace or comma inside `{ }`, and takes a brace at the
//! beginning of a value for a mapping; authors write `{{ }}` there all the same. So the parser is given a text in
//! which the characters inside `{{ }}` that mean something to it are replaced, one for one, by others that do not.

use std::borrow::Cow;

/// What is replaced and by what: characters for private use.
const MASKS: [(char, char); 7] = [
    ('{', '\u{e0f0}'),
    ('}', '\u{e0f1}'),
    ('[', '\u{e0f2}'),
    (']', '\u{e0f3}'),
    (',', '\u{e0f4}'),
    (':', '\u{e0f5}'),
    ('#', '\u{e0f6}'),
];

/// The same number of characters, or the very text where there is nothing to replace.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let is_free = |text: &str| !text.contains(|c| MASKS.iter().any(|(_, mask)| *mask == c));
    if !(text.contains("{{") || text.contains("{%")) || !is_free(text) {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len() + text.len() / 8);
    let mut done = 0;
    while let Some(start) = next_opening(text, done) {
        let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
        masked.push_str(&text[done..start]);
        if let Some(len) = template_end(&text[start..line_end]) {
            masked.extend(text[start..start + len].chars().map(masked_character));
            done = start + len;
        } else {
            // Looking for a later template on this line would look at every part of it again and again.
            masked.push_str(&text[start..line_end]);
            done = line_end;
        }
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

pub(super) fn unmask(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(|c| MASKS.iter().any(|(_, mask)| *mask == c)) {
        return Cow::Borrowed(text);
    }
    let back = |c: char| MASKS.iter().find(|(_, mask)| *mask == c).map_or(c, |(original, _)| *original);
    Cow::Owned(text.chars().map(back).collect())
}

fn masked_character(c: char) -> char {
    MASKS.iter().find(|(original, _)| *original == c).map_or(c, |(_, mask)| *mask)
}

fn next_opening(text: &str, from: usize) -> Option<usize> {
    let mut braces = text[from..].match_indices('{').map(|(at, _)| from + at);
    braces.find(|at| matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%')))
}

/// The length of the template a line begins with, its strings and inner braces taken as such.
fn template_end(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let close: &[u8; 2] = if bytes[1] == b'%' { b"%}" } else { b"}}" };
    let mut depth = 0_usize;
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            quote @ (b'\'' | b'"') => {
                if let Some(len) = bytes[at + 1..].iter().position(|byte| *byte == quote) {
                    at += len + 1;
                }
            }
            _ if depth == 0 && bytes[at..].starts_with(close) => return Some(at + 2),
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{mask, unmask};

    #[test]
    fn only_the_inside_of_templates_is_masked_and_it_comes_back() {
        for (text, kept) in [
            ("a: {{ x }}", "a: "),
            ("{a: {b: c}}", "{a: {b: c}}"),
            ("a {{ {'}}': [1, 2]}['}}'] }}, b", "a "),
            ("{% if a %}, {{ b", ""),
            ("ä {{ ü }} {{ö}}", "ä "),
        ] {
            let masked = mask(text);
            assert!(masked.starts_with(kept), "{masked}");
            assert_eq!(masked.chars().count(), text.chars().count());
            assert_eq!(unmask(&masked), text);
        }
        assert!(mask("a {{ {'}}': [1, 2]}['}}'] }}, b").ends_with(", b"));
        assert_eq!(mask("{{ a\n}} {{\u{e0f0}}}"), "{{ a\n}} {{\u{e0f0}}}");
    }
}
