//! When a failed attempt is tried again: arithmetic on what the author said, with jitter drawn from the run's seed.

use super::super::event::Failure;
use crate::language::plan::{Retry, RetryOn};

/// When the next attempt is due after `tries` attempts, or `None` if this was the last one.
pub fn next_due(policy: Option<&Retry>, tries: u32, error: &Failure, now: i64, entropy: u64) -> Option<i64> {
    let policy = policy?;
    if tries >= policy.attempts || !applies(policy, error) {
        return None;
    }
    let pause_ms = pause_ms(policy, tries);
    let pause_ms = if policy.jitter { jittered(pause_ms, entropy) } else { pause_ms };
    Some(now.saturating_add_unsigned(pause_ms))
}

/// The pause after the n-th attempt, without jitter: it never shrinks as `tries` grows.
pub fn pause_ms(policy: &Retry, tries: u32) -> u64 {
    let cap = policy.max_delay_ms.unwrap_or(u64::MAX);
    let factor = policy.backoff.max(1.0).powi(i32::try_from(tries.saturating_sub(1)).unwrap_or(i32::MAX));
    #[expect(clippy::cast_precision_loss, reason = "a pause is not that exact")]
    let pause = policy.delay_ms as f64 * factor;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, as it should"
    )]
    let pause = pause as u64;
    pause.min(cap)
}

/// Between half of the pause and all of it.
fn jittered(pause_ms: u64, entropy: u64) -> u64 {
    let half = pause_ms / 2;
    half + entropy % (pause_ms - half + 1)
}

fn applies(policy: &Retry, error: &Failure) -> bool {
    policy.on.is_empty()
        || policy.on.iter().any(|on| match on {
            RetryOn::Timeout => error.kind == "timeout",
            RetryOn::ExitCode(code) => {
                error.output.as_ref().and_then(|output| output.exit_code).is_some_and(|exit| exit == *code)
            }
            RetryOn::Kind(kind) => error.kind == *kind,
        })
}
