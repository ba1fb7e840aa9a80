//! When a question is asked again: how long to wait, and what the API says about that.

use jiff::fmt::rfc2822;
use std::time::Duration;

/// How often a question is asked before its trouble is reported.
pub(super) const ATTEMPTS: u32 = 5;
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(8);

/// Whether asking again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    AfterPause,
    /// The API said how long to wait.
    After(Duration),
}

impl Again {
    /// What an HTTP status means for the next attempt.
    pub(super) fn by_status(status: u16, retry_after: Option<&str>, now_ms: i64) -> Self {
        match status {
            429 | 500 | 502 | 503 | 504 | 529 => {
                retry_after.and_then(|text| told_to_wait(text, now_ms)).map_or(Self::AfterPause, Self::After)
            }
            _ => Self::Never,
        }
    }

    /// How long to wait after the n-th attempt; `entropy` keeps many callers from coming back at once.
    pub(super) fn pause(self, attempts: u32, entropy: u64) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::After(pause) => Some(pause),
            Self::AfterPause => {
                let factor = 2_u32.saturating_pow(attempts.saturating_sub(1));
                let pause = PAUSE_FIRST.saturating_mul(factor).min(PAUSE_MAX);
                let half_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX) / 2;
                Some(pause / 2 + Duration::from_millis(entropy % (half_ms + 1)))
            }
        }
    }
}

/// A `retry-after` header: seconds, or an HTTP date.
fn told_to_wait(text: &str, now_ms: i64) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at_ms = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.as_millisecond();
    Some(Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_another_try_and_how_long_to_wait() {
        let now_ms = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        for (status, header, expected) in [
            (429, None, Again::AfterPause),
            (529, Some("7"), Again::After(Duration::from_secs(7))),
            (503, Some(" 0.5 "), Again::After(Duration::from_millis(500))),
            (429, Some("Sun, 06 Nov 1994 08:49:40 GMT"), Again::After(Duration::from_secs(3))),
            (429, Some("Sun, 06 Nov 1994 08:00:00 GMT"), Again::After(Duration::ZERO)),
            (500, Some("soon"), Again::AfterPause),
            (502, Some("-3"), Again::AfterPause),
            (504, Some("1e400"), Again::AfterPause),
            (400, Some("7"), Again::Never),
            (401, None, Again::Never),
        ] {
            assert_eq!(Again::by_status(status, header, now_ms), expected, "{status} {header:?}");
        }
    }

    #[test]
    fn pauses_grow_to_their_limit_and_differ() {
        let pause = |attempts, entropy| Again::AfterPause.pause(attempts, entropy).unwrap().as_millis();
        assert_eq!((pause(1, 0), pause(2, 0), pause(3, 0)), (250, 500, 1000));
        assert_eq!((pause(1, 250), pause(5, 0), pause(60, 0)), (500, 4000, 4000));
        assert_eq!(Again::After(Duration::from_secs(9)).pause(1, 5), Some(Duration::from_secs(9)));
        assert_eq!(Again::Never.pause(1, 0), None);
    }
}
