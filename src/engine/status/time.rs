//! Times as scripts read them.

use jiff::Timestamp;

/// A time in milliseconds since 1970 as RFC 3339.
pub fn rfc3339(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |time| format!("{time:.3}"))
}
