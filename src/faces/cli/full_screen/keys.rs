//! From what a terminal sends to what was typed. A sequence may come in pieces; one that is not known is nothing.

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
    Backspace,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    Letter(char),
    /// What was pasted is no command, whatever is in it.
    Pasted(String),
}

const PASTE: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";
/// What is kept of a paste that does not end.
const PASTE_MAX: usize = 64 * 1024;

/// What was sent and is not a whole key yet.
#[derive(Debug, Default)]
pub struct Keys {
    bytes: Vec<u8>,
}

impl Keys {
    /// The keys that these bytes complete.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.bytes.extend_from_slice(bytes);
        let mut keys = Vec::new();
        while let Some((key, length)) = first(&self.bytes) {
            self.bytes.drain(..length);
            keys.extend(key);
        }
        keys
    }

    /// Whether the rest may be a key of its own, if nothing follows it at once.
    pub fn is_open(&self) -> bool {
        !self.bytes.is_empty() && !self.bytes.starts_with(PASTE)
    }

    /// Nothing followed: an escape alone is the key of that name.
    pub fn close(&mut self) -> Option<Key> {
        let is_escape = self.bytes == b"\x1b";
        self.bytes.clear();
        is_escape.then_some(Key::Escape)
    }
}

/// The first key, if it is there as a whole, and how many bytes it takes; none for what means nothing here.
fn first(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    match bytes {
        [] | [0x1b] => None,
        [0x1b, b'[' | b'O', ..] => sequence(bytes),
        // Two presses, or a letter with Alt, which is not asked for anywhere.
        [0x1b, ..] => Some((Some(Key::Escape), 1)),
        [byte, ..] if *byte < 0x80 => Some((control(*byte), 1)),
        [byte, ..] => letter(bytes, *byte),
    }
}

fn control(byte: u8) -> Option<Key> {
    Some(match byte {
        b'\r' | b'\n' => Key::Enter,
        0x7f | 0x08 => Key::Backspace,
        0x03 => Key::Interrupt,
        0x1a => Key::Suspend,
        0x0c => Key::Redraw,
        b' '..=b'~' => Key::Letter(char::from(byte)),
        _ => return None,
    })
}

fn letter(bytes: &[u8], first: u8) -> Option<(Option<Key>, usize)> {
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((None, 1)),
    };
    let whole = bytes.get(..length)?;
    let letter = std::str::from_utf8(whole).ok().and_then(|text| text.chars().next());
    Some(match letter {
        Some(letter) => (Some(letter).filter(|letter| !letter.is_control()).map(Key::Letter), length),
        None => (None, 1),
    })
}

fn sequence(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    if bytes.starts_with(PASTE) {
        return pasted(bytes);
    }
    let end = bytes.iter().skip(2).position(|byte| (b'@'..=b'~').contains(byte))? + 2;
    let key = match (&bytes[2..end], bytes[end]) {
        (_, b'A') => Some(Key::Up),
        (_, b'B') => Some(Key::Down),
        (_, b'C') => Some(Key::Right),
        (_, b'D') => Some(Key::Left),
        (_, b'H') | (b"1" | b"7", b'~') => Some(Key::Home),
        (_, b'F') | (b"4" | b"8", b'~') => Some(Key::End),
        (b"5", b'~') => Some(Key::PageUp),
        (b"6", b'~') => Some(Key::PageDown),
        (b"", b'M') => Some(Key::Enter),
        _ => None,
    };
    Some((key, end + 1))
}

fn pasted(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    let body = &bytes[PASTE.len()..];
    let found = body.windows(PASTE_END.len()).position(|window| window == PASTE_END);
    let (length, taken) = match found {
        Some(length) => (length, PASTE.len() + length + PASTE_END.len()),
        None if body.len() > PASTE_MAX => (body.len(), bytes.len()),
        None => return None,
    };
    Some((Some(Key::Pasted(String::from_utf8_lossy(&body[..length]).into_owned())), taken))
}
