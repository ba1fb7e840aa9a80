//! For how long an action may be held.

use crate::operations::Error;
use std::time::Duration;

/// Longest time an action is held without a sign.
const LEASE_SECONDS_MAX: u64 = 30 * 24 * 3600;

/// How long somebody wants to hold an action.
pub fn lease_of(seconds: Option<u64>) -> Result<Option<Duration>, Error> {
    match seconds {
        Some(0 | LEASE_SECONDS_MAX..) => Err(Error::input(format!(
            "`lease_seconds` is from 1 to {}, this is {}",
            LEASE_SECONDS_MAX - 1,
            seconds.unwrap_or_default()
        ))
        .hint("to give an action back, release it")),
        seconds => Ok(seconds.map(Duration::from_secs)),
    }
}
