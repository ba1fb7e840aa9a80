//! A long text in pieces: each begins and ends between two characters.

use crate::operations::Error;

/// How long a piece is when nobody says otherwise.
pub const LIMIT_BYTES: usize = 32 * 1024;
/// The most that one piece may have.
pub const LIMIT_BYTES_MAX: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'t> {
    pub text: &'t str,
    /// Where the next piece begins, if there is one.
    pub next: Option<usize>,
}

/// The piece that begins at this byte.
pub fn of(whole: &str, from_byte: usize, limit_bytes: Option<usize>) -> Result<Piece<'_>, Error> {
    if !whole.is_char_boundary(from_byte) {
        return Err(Error::input(format!(
            "byte {from_byte} is no place to begin in a text of {} bytes",
            whole.len()
        ))
        .hint("begin at 0, or where the piece before says"));
    }
    let limit = limit_bytes.unwrap_or(LIMIT_BYTES).clamp(4, LIMIT_BYTES_MAX);
    let mut end = from_byte.saturating_add(limit).min(whole.len());
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    Ok(Piece { text: &whole[from_byte..end], next: (end < whole.len()).then_some(end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_one_another_and_split_no_character() {
        let whole = "äöü and a tail";
        let (mut at, mut read) = (0, String::new());
        loop {
            let piece = of(whole, at, Some(5)).unwrap();
            assert!(piece.text.len() <= 5);
            read.push_str(piece.text);
            match piece.next {
                Some(next) => at = next,
                None => break,
            }
        }
        assert_eq!(read, whole);
        assert!(of(whole, 1, None).is_err() && of(whole, 100, None).is_err());
        assert_eq!(of("", 0, None).unwrap(), Piece { text: "", next: None });
    }
}
