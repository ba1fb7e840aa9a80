//! How much room words take, and what of them fits.

use unicode_width::UnicodeWidthChar;

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
    fn a_line_fits() {
        assert_eq!(clipped("abcdef", 6), "abcdef");
        assert_eq!(clipped("abc def", 5), "abc…");
        assert_eq!(clipped("日本語", 5), "日本…");
        assert_eq!(columns("日本…"), 5);
    }
}
