//! Lines from whatever standard input is, each bounded: one that is too long is thrown away as it comes.

use std::io::{ErrorKind, Read};

const CHUNK_BYTES: usize = 64 * 1024;

pub struct Lines<R> {
    source: R,
    limit_bytes: usize,
    chunk: Vec<u8>,
    buffer: Vec<u8>,
    /// What of the buffer was handed out, and what was looked at for an end.
    begin: usize,
    seen: usize,
    /// The length so far of a line that is too long.
    thrown_away: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    Line(&'a [u8]),
    /// A line of this many bytes, which nobody keeps.
    TooLong(usize),
    End,
}

impl<R: Read> Lines<R> {
    pub fn new(source: R, limit_bytes: usize) -> Self {
        let chunk = vec![0; CHUNK_BYTES];
        Self { source, limit_bytes, chunk, buffer: Vec::new(), begin: 0, seen: 0, thrown_away: 0 }
    }

    /// The next line without its end; what follows the last line end is a line, too.
    pub fn next(&mut self) -> Next<'_> {
        loop {
            if let Some(length) = self.buffer[self.seen..].iter().position(|byte| *byte == b'\n') {
                let (begin, end) = (self.begin, self.seen + length);
                self.begin = end + 1;
                self.seen = self.begin;
                let thrown_away = std::mem::take(&mut self.thrown_away);
                let length = thrown_away + end - begin;
                return if length > self.limit_bytes {
                    Next::TooLong(length)
                } else {
                    Next::Line(&self.buffer[begin..end])
                };
            }
            self.seen = self.buffer.len();
            self.make_room();
            if !self.fill() {
                let begin = std::mem::replace(&mut self.begin, self.buffer.len());
                let length = std::mem::take(&mut self.thrown_away) + self.buffer.len() - begin;
                return match length {
                    0 => Next::End,
                    length if length > self.limit_bytes => Next::TooLong(length),
                    _ => Next::Line(&self.buffer[begin..]),
                };
            }
        }
    }

    /// Keep only what is not handed out, and nothing of a line that is too long.
    fn make_room(&mut self) {
        self.buffer.drain(..self.begin);
        self.seen -= self.begin;
        self.begin = 0;
        if self.buffer.len() > self.limit_bytes {
            self.thrown_away += self.buffer.len();
            self.buffer.clear();
            self.seen = 0;
        }
        // A large message is rare: its memory is given back.
        if self.buffer.capacity() > 4 * CHUNK_BYTES && self.buffer.len() < CHUNK_BYTES {
            self.buffer.shrink_to(CHUNK_BYTES);
        }
    }

    /// False at the end.
    fn fill(&mut self) -> bool {
        let read = loop {
            match self.source.read(&mut self.chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::warn!(%error, "standard input can't be read any more");
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        self.buffer.extend_from_slice(&self.chunk[..read]);
        read > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of one size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(self.1).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        for size in [1, 2, 3, 5, 1000] {
            let mut lines = Lines::new(Pieces(b"one\n\ntoo long a line\nlast", size), 5);
            assert_eq!(lines.next(), Next::Line(b"one"), "{size}");
            assert_eq!(lines.next(), Next::Line(b""), "{size}");
            assert_eq!(lines.next(), Next::TooLong(15), "{size}");
            assert_eq!(lines.next(), Next::Line(b"last"), "{size}");
            assert_eq!(lines.next(), Next::End, "{size}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let endless = vec![b'x'; 1_000_000];
        let mut lines = Lines::new(Pieces(&endless, 4_096), 10_000);
        assert_eq!(lines.next(), Next::TooLong(1_000_000));
        assert!(lines.buffer.capacity() < 300_000);
        assert_eq!(lines.next(), Next::End);
    }
}
