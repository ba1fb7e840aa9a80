//! What a value's text means for its kind. A text that passes `check` is read without failing afterwards.

use super::key::Kind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The text in its usual spelling, or what was expected.
pub(super) fn check(kind: Kind, text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    match kind {
        Kind::Text | Kind::Paths if trimmed.is_empty() => Err("a text that is not empty".to_owned()),
        Kind::Text | Kind::Paths => Ok(trimmed.to_owned()),
        Kind::Bool => boolean(trimmed).map(|value| value.to_string()).ok_or("true or false".to_owned()),
        Kind::Count => match trimmed.parse::<u64>() {
            Ok(count) if count > 0 => Ok(count.to_string()),
            _ => Err("a whole number above 0".to_owned()),
        },
        Kind::Duration => duration(trimmed)
            .map(|_| trimmed.to_owned())
            .ok_or("a duration such as 500ms, 30s, 15m or 2h".to_owned()),
        Kind::Choice(choices) => choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(trimmed))
            .map(|choice| (*choice).to_owned())
            .ok_or_else(|| format!("one of {}", choices.join(", "))),
    }
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// `1h30m`, `15m`, `250ms`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let amount: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let unit_ms = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(Duration::from_millis(amount.checked_mul(unit_ms)?))?;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total)
}

/// The folders a text names, seen from `base`.
pub(super) fn paths(text: &str, base: &Path, home: Option<&Path>) -> String {
    let absolute = |part: &str| -> PathBuf {
        match (part.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            (None, Some(home)) if part == "~" => home.to_owned(),
            _ => base.join(part),
        }
    };
    let parts = text.split(':').filter(|part| !part.is_empty());
    parts.map(|part| absolute(part).display().to_string()).collect::<Vec<_>>().join(":")
}
