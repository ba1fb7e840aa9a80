//! Which behaviour a run shows. A change that would decide otherwise on an old journal takes the next number, and asks
//! for the run's own before it decides.

/// What new runs begin with.
pub const BEHAVIOUR: u32 = 4;

/// From here on `retry` counts what failed: a check before an attempt too, and not what ended with its process.
pub const COUNTS_FAILURES: u32 = 2;

/// From here on `budget` ends what asks agents and models, and `cache` is looked into.
pub const KEEPS_BUDGETS: u32 = 3;

/// From here on a retry leaves failed what it does not name, and goes on with what was cancelled half way.
pub const RETRIES_WHAT_IS_NAMED: u32 = 4;
