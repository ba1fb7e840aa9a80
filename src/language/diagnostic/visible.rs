//! Somebody else's words where people read them: nothing is left in them that a terminal or a viewer acts upon.

/// Whether a letter does something instead of being one: controls, marks of direction, separators of lines, tags.
/// What joins letters stays, for scripts and emoji are written with it.
pub fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// A line, in which a tab stays.
pub fn visible(text: &str) -> String {
    let shown = |letter| if letter != '\t' && is_harmful(letter) { '\u{fffd}' } else { letter };
    text.chars().map(shown).collect()
}

/// The same for a text of many lines.
pub fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// A text as one line, every run of white space one space.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_is_acted_upon() {
        for harmful in ["\u{1b}", "\r", "\u{9b}", "\u{61c}", "\u{200e}", "\u{200f}", "\u{2028}", "\u{2029}"] {
            assert_eq!(visible(&format!("a{harmful}b")), "a\u{fffd}b", "{harmful:?}");
        }
        for turning in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(visible(&format!("a{turning}b")), "a\u{fffd}b", "{turning:?}");
        }
        assert_eq!(visible_lines("a\tb\r\n\u{1b}[2J"), "a\tb\u{fffd}\n\u{fffd}[2J");
        assert_eq!(one_line("  a\n\tb\u{1b}[2J \u{202e}c\u{2028} "), "a b\u{fffd}[2J \u{fffd}c");
        for written in ["日本語", "👩\u{200d}💻", "می\u{200c}خواهم"] {
            assert_eq!(visible(written), written);
        }
    }
}
