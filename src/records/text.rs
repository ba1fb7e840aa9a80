//! What a text may hold that people read on terminals and in tables.

/// Neither a control nor a space, nor one of those that are there without being seen, or turn a line around.
pub fn is_visible(c: char) -> bool {
    let is_hidden = matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !c.is_whitespace() && !is_hidden
}

/// One line of 1 to `characters_max`, with no space at its ends.
pub fn is_line(text: &str, characters_max: usize) -> bool {
    (1..=characters_max).contains(&text.chars().count())
        && text.trim() == text
        && text.chars().all(|c| is_visible(c) || c == ' ')
}

/// The same without any space: something that is typed as one word.
pub fn is_word(text: &str, characters_max: usize) -> bool {
    is_line(text, characters_max) && !text.contains(' ') && !text.starts_with(['-', '@'])
}

/// The beginning of a text, quoted, for who is told what it is.
pub fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 40;
    let cut: String = text.chars().take(SHOWN_MAX).collect();
    let more = if cut.len() < text.len() { " ..." } else { "" };
    format!("{cut:?}{more}")
}
