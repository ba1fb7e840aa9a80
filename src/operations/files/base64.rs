//! Bytes that are no text, as text.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a content stands for a file's bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8 without zero bytes, as it is.
    #[default]
    Text,
    Base64,
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// The bytes, or the place of what is no base64. White space and missing padding do no harm.
pub fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut filled, mut has_ended) = (0_u32, 0_u32, false);
    for (at, letter) in text.bytes().enumerate() {
        let digit = match letter {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' => {
                has_ended = true;
                continue;
            }
            _ if has_ended => return Err(at),
            b'-' => 62,
            b'_' => 63,
            letter => match ALPHABET.iter().position(|known| *known == letter) {
                Some(digit) => u32::try_from(digit).unwrap_or_default(),
                None => return Err(at),
            },
        };
        bits = bits << 6 | digit;
        filled += 6;
        if filled >= 8 {
            filled -= 8;
            bytes.push((bits >> filled & 0xff) as u8);
        }
    }
    // A single digit at the end is no byte.
    if filled == 6 { Err(text.len()) } else { Ok(bytes) }
}
