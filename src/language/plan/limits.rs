//! How large things may get. Each limit has a clear error where it is enforced; nothing is cut silently.

pub const FILE_BYTES_MAX: usize = 1024 * 1024;
pub const NESTING_MAX: usize = 64;
pub const ALIAS_EXPANSIONS_MAX: usize = 10_000;
pub const STEPS_MAX: usize = 10_000;
pub const FOREACH_ITEMS_MAX: usize = 100_000;
pub const REPEAT_ITERATIONS_MAX: u32 = 100_000;
/// What is larger is kept in an artifact file and referenced by the journal.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;
pub const TEMPLATE_OUTPUT_MAX: usize = 1024 * 1024;
pub const TEMPLATE_FUEL: u64 = 1_000_000;
/// Characters of an event's name.
pub const EVENT_NAME_MAX: usize = 200;
/// Events of a run that nothing has waited for yet.
pub const EVENTS_KEPT_MAX: usize = 1_000;
/// Characters of an action's title; its instructions are not limited by this.
pub const ACTION_TITLE_MAX: usize = 120;
