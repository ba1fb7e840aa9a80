//! Words of a document as one harmless line.

use unicode_width::UnicodeWidthChar;

/// One line without anything that a viewer would act upon: no control characters, none that turn the direction of
/// writing, every run of white space one space.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(256));
    for letter in text.chars() {
        if letter.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if letter.is_control() || is_unseen(letter) {
            line.push('\u{fffd}');
        } else {
            line.push(letter);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Characters that change how others are shown: marks of direction, separators of lines, noncharacters.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// How many columns a text takes, letter by letter: what several of them are joined to differs from viewer to viewer.
pub fn columns(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// As much of a line as fits, with `…` for what does not.
pub fn clipped(line: &str, columns_max: usize) -> String {
    if columns(line) <= columns_max {
        return line.to_owned();
    }
    let mut clipped = String::new();
    let mut taken = 0;
    for letter in line.chars() {
        let width = letter.width().unwrap_or(0);
        if taken + width + 1 > columns_max {
            break;
        }
        taken += width;
        clipped.push(letter);
    }
    clipped.truncate(clipped.trim_end().len());
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_harmless_and_fits() {
        assert_eq!(one_line("  a\n\tb\u{1b}[2J \u{202e}c  "), "a b\u{fffd}[2J \u{fffd}c");
        assert_eq!(clipped("abcdef", 6), "abcdef");
        assert_eq!(clipped("abc def", 5), "abc…");
        assert_eq!(clipped("日本語", 5), "日本…");
        assert_eq!(columns("日本…"), 5);
    }
}
