//! Waiting for something that will happen, without guessing when.

use std::time::{Duration, Instant};

/// Far beyond what anything takes, so that only what never happens fails.
pub const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(5);

/// Return once `condition` holds; fail when it does not become true.
#[track_caller]
pub fn wait_until(condition: impl FnMut() -> bool) {
    assert!(holds_in_time(condition), "waited {PATIENCE:?} in vain");
}

pub fn holds_in_time(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
    true
}
