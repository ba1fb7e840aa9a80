//! For how long an action may be held.

use crate::operations::Error;
use std::time::Duration;

/// Longest time an action is held without a sign.
const LEASE_SECONDS_MAX: u64 = 30 * 24 * 3600;

/// How long somebody wants to hold an action.
pub fn lease_of(seconds: Option<u64>) -> Result<Option<Duration>, Error> {
    match seconds {
        None => Ok(None),
        Some(seconds @ 1..=LEASE_SECONDS_MAX) => Ok(Some(Duration::from_secs(seconds))),
        Some(other) => {
            Err(Error::input(format!("`lease_seconds` is from 1 to {LEASE_SECONDS_MAX}, this is {other}"))
                .hint("to give an action back, release it"))
        }
    }
}
