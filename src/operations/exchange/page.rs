//! A list in pages. The cursor is opaque to whoever gets it; each list says what its own cursor means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many items a page has when nobody says otherwise.
pub const LIMIT: usize = 50;
/// The most that one page may have.
pub const LIMIT_MAX: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub has_more: bool,
    /// Give this back as `cursor` to get the next page.
    pub cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cut what was fetched (one more than `limit`, to know whether there is more) into a page.
    pub fn cut(mut items: Vec<T>, limit: usize, cursor_of: impl Fn(&T) -> String) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let cursor = items.last().filter(|_| has_more).map(cursor_of);
        Self { items, has_more, cursor }
    }

    /// A page of a list that is in memory whole, after the item whose cursor is `after`.
    pub fn of(items: Vec<T>, limit: usize, after: Option<&str>, cursor_of: impl Fn(&T) -> String) -> Self {
        let skip = after
            .and_then(|after| items.iter().position(|item| cursor_of(item) == after))
            .map_or(0, |at| at + 1);
        Self::cut(items.into_iter().skip(skip).take(limit + 1).collect(), limit, cursor_of)
    }
}

/// The limit to use for what the caller asked.
pub fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(LIMIT).clamp(1, LIMIT_MAX)
}
