//! Secrets are replaced by `***` in everything that is printed, logged or journaled.
//!
//! Looked for are each value, each of its lines, and the forms it commonly takes on the way: JSON-escaped,
//! percent-encoded, base64 (both alphabets, at the three positions it can have inside a longer text). Forms shorter
//! than four bytes count only as whole words, because masking every `1` would ruin the output and name the secret.

mod forms;

use serde_json::Value;
use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

const STARS: &[u8] = b"***";
/// Shorter forms are masked as whole words only.
const WORD_BELOW: usize = 4;

/// What must not be seen. Cloning is as dear as the secrets are many.
#[derive(Clone, Default)]
pub struct Mask {
    /// By first byte.
    forms: Vec<Vec<Vec<u8>>>,
}

/// Never shows what it hides.
impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mask").field("forms", &self.forms.iter().map(Vec::len).sum::<usize>()).finish()
    }
}

impl Mask {
    pub fn new(values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut mask = Self::default();
        mask.add(values);
        mask
    }

    fn add(&mut self, values: impl IntoIterator<Item = impl AsRef<str>>) {
        for form in values.into_iter().flat_map(|value| forms::of(value.as_ref())) {
            if self.forms.is_empty() {
                self.forms = vec![Vec::new(); 256];
            }
            let row = &mut self.forms[usize::from(form[0])];
            if !row.contains(&form) {
                row.push(form);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = Vec::with_capacity(text.len());
        let mut stream = self.stream();
        stream.push(text.as_bytes(), &mut masked);
        stream.finish(&mut masked);
        if masked == text.as_bytes() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(String::from_utf8_lossy(&masked).into_owned())
    }

    /// Every text in the value; its keys stay.
    pub fn mask_value(&self, value: &mut Value) {
        if self.is_empty() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Cow::Owned(masked) = self.mask(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item)),
            Value::Object(entries) => entries.values_mut().for_each(|value| self.mask_value(value)),
            _ => {}
        }
    }

    /// For text that comes in pieces.
    pub fn stream(&self) -> Stream<'_> {
        Stream { mask: self, held: Vec::new(), covered: 0, before: None, in_stars: false }
    }
}

/// All secrets this process has come to know, for what belongs to no single step, such as the log.
#[derive(Debug, Default)]
pub struct Known(RwLock<Mask>);

impl Known {
    pub fn add(&self, values: impl IntoIterator<Item = impl AsRef<str>>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).add(values);
    }

    /// What is known at this moment.
    pub fn now(&self) -> Mask {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn mask(&self, text: &str) -> String {
        self.0.read().unwrap_or_else(PoisonError::into_inner).mask(text).into_owned()
    }
}

/// Masks bytes as they come; what could be the beginning of a secret is held until more is known.
#[derive(Debug)]
pub struct Stream<'m> {
    mask: &'m Mask,
    held: Vec<u8>,
    /// How many bytes of `held`, from its start, belong to a secret.
    covered: usize,
    /// The byte before `held`.
    before: Option<u8>,
    /// The byte before `held` belonged to a secret.
    in_stars: bool,
}

impl Stream<'_> {
    /// Append what is certain to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.mask.is_empty() {
            out.extend_from_slice(bytes);
            return;
        }
        self.held.extend_from_slice(bytes);
        self.emit(out, End::Open);
    }

    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.emit(out, End::Known);
    }

    fn emit(&mut self, out: &mut Vec<u8>, end: End) {
        let mut at = 0;
        while at < self.held.len() {
            if at >= self.covered {
                let plain = self.plain_from(at);
                if plain > 0 {
                    out.extend_from_slice(&self.held[at..at + plain]);
                    self.in_stars = false;
                    at += plain;
                    continue;
                }
            }
            match self.look(at, end) {
                Look::Undecided => break,
                Look::Covered(length) => self.covered = self.covered.max(at + length),
                Look::Plain => {}
            }
            if at >= self.covered {
                out.push(self.held[at]);
                self.in_stars = false;
            } else if !self.in_stars {
                out.extend_from_slice(STARS);
                self.in_stars = true;
            }
            at += 1;
        }
        if let Some(last) = at.checked_sub(1) {
            self.before = Some(self.held[last]);
        }
        self.held.drain(..at);
        self.covered = self.covered.saturating_sub(at);
    }

    /// How many bytes from here on no secret begins with.
    fn plain_from(&self, at: usize) -> usize {
        let rest = &self.held[at..];
        let starts = |byte: &u8| !self.mask.forms[usize::from(*byte)].is_empty();
        rest.iter().position(starts).unwrap_or(rest.len())
    }

    /// What begins at this byte.
    fn look(&self, at: usize, end: End) -> Look {
        let rest = &self.held[at..];
        let before = if at == 0 { self.before } else { Some(self.held[at - 1]) };
        let mut look = Look::Plain;
        for form in &self.mask.forms[usize::from(rest[0])] {
            let is_word = form.len() < WORD_BELOW;
            if is_word && before.is_some_and(is_word_byte) {
                continue;
            }
            if rest.starts_with(form) {
                match rest.get(form.len()) {
                    None if is_word && end == End::Open => return Look::Undecided,
                    Some(next) if is_word && is_word_byte(*next) => {}
                    _ => look = look.or_longer(form.len()),
                }
            } else if end == End::Open && form.starts_with(rest) {
                return Look::Undecided;
            }
        }
        look
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// More may come.
    Open,
    Known,
}

#[derive(Clone, Copy)]
enum Look {
    Plain,
    /// A secret of this length.
    Covered(usize),
    /// It could become a secret, or a longer one.
    Undecided,
}

impl Look {
    fn or_longer(self, length: usize) -> Self {
        match self {
            Self::Covered(known) if known >= length => self,
            _ => Self::Covered(length),
        }
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests;
