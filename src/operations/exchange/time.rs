//! Times and durations as operations speak them: RFC 3339 out, `90s` and `2h` in.

pub use crate::engine::status::rfc3339;
pub use crate::language::plan::duration::text as duration_words;
use crate::operations::error::Error;
use jiff::Timestamp;
use std::time::Duration;

/// Milliseconds since 1970 of an RFC 3339 time.
pub fn millis(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// A time, the beginning of a day in universal time, or how long before `now`: `2h`, `7d`.
pub fn moment(now: i64, text: &str) -> Result<i64, Error> {
    if let Some(at) = millis(text).or_else(|| millis(&format!("{text}T00:00:00Z"))) {
        return Ok(at);
    }
    let ago = duration(text).map_err(|_| {
        Error::input(format!("`{text}` is no time"))
            .hint("write how long ago, such as 2h or 7d, a day such as 2026-11-28, or a time such as 2026-11-28T10:00:00Z")
    })?;
    Ok(now.saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX)))
}

/// `250ms`, `30s`, `5m`, `2h`, `1d`, or a bare number of seconds.
pub fn duration(text: &str) -> Result<Duration, Error> {
    let wrong = || {
        Error::input(format!("`{text}` is not a duration"))
            .hint("write a number with ms, s, m, h or d, such as 90s or 2h")
    };
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit_ms = match text[digits..].trim() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit_ms).map(Duration::from_millis).ok_or_else(wrong)
}
