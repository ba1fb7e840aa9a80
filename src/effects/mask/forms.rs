//! The forms a secret takes when programs pass it on.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encoded forms of shorter values would be a few common letters.
const ENCODED_FROM: usize = 6;

/// Shorter lines of a longer value are no secrets.
const LINE_FROM: usize = 6;

/// The value itself, its lines, and what encoders make of it; none is empty.
pub(super) fn of(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    let whole = value.trim_end_matches(['\n', '\r']);
    add_text(whole, &mut forms);
    // A line such as `},` of a key file says nothing and is everywhere.
    for line in whole.lines().map(str::trim).filter(|line| line.len() >= LINE_FROM) {
        add_text(line, &mut forms);
    }
    for encoded in [value, whole] {
        if encoded.len() >= ENCODED_FROM {
            for alphabet in [STANDARD, URL_SAFE] {
                forms.extend((0..3).map(|shift| base64_inner(encoded.as_bytes(), shift, alphabet)));
            }
        }
    }
    forms.retain(|form| !form.is_empty());
    forms
}

fn add_text(text: &str, forms: &mut Vec<Vec<u8>>) {
    forms.push(text.as_bytes().to_vec());
    if let Ok(json) = serde_json::to_string(text) {
        let json = &json[1..json.len() - 1];
        forms.push(json.as_bytes().to_vec());
        if !json.is_ascii() {
            forms.push(ascii(json));
        }
    }
    forms.push(percent(text, b""));
    forms.push(percent(text, b"/"));
}

/// JSON as encoders write it that keep to ASCII.
fn ascii(json: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(json.len());
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => encoded.push(byte),
            _ => encoded.extend_from_slice(format!("\\u{unit:04x}").as_bytes()),
        }
    }
    encoded
}

fn percent(text: &str, also_plain: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also_plain.contains(&byte) {
            encoded.push(byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

/// The letters of base64 that depend on these bytes alone, when `shift` other bytes precede them in their triple.
fn base64_inner(bytes: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let bits = shift * 8..(shift + bytes.len()) * 8;
    let bit = |at: usize| (bytes[(at - bits.start) / 8] >> (7 - (at % 8))) & 1;
    let first = bits.start.div_ceil(6);
    let last = bits.end / 6;
    (first..last)
        .map(|letter| {
            let value = (letter * 6..letter * 6 + 6).fold(0, |value, at| value << 1 | bit(at));
            alphabet[usize::from(value)]
        })
        .collect()
}
