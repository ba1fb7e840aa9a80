//! A list in pages. The cursor is opaque to whoever gets it: it says which list it is of, asked in which way, and after
//! which item to go on. Items that come or go in between neither repeat nor hide others.

use crate::operations::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many items a page has when nobody says otherwise.
pub const LIMIT: usize = 50;
/// The most that one page may have.
pub const LIMIT_MAX: usize = 1_000;
/// Digits that tell lists apart.
const MARK: usize = 6;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub has_more: bool,
    /// Give this back as `cursor` to get the next page.
    pub cursor: Option<String>,
}

/// Where in a list a page begins, and how long it is.
#[derive(Debug)]
pub struct Place {
    pub limit: usize,
    /// The key of the last item of the page before.
    pub after: Option<String>,
    mark: String,
}

impl Place {
    /// `filters` is what else was asked: a cursor goes on with the very same question.
    pub fn read(
        list: &str,
        filters: &impl Serialize,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<Self, Error> {
        let question = serde_json::to_string(filters).unwrap_or_default();
        let mark = blake3::hash(format!("{list} {question}").as_bytes()).to_hex()[..MARK].to_owned();
        let after = match cursor.map(|cursor| cursor.strip_prefix(&mark)) {
            None => None,
            Some(Some(key)) => Some(key.to_owned()),
            Some(None) => {
                return Err(Error::input("this is no cursor of this list")
                    .hint("give back the `cursor` of the page before, and ask for the same as then"));
            }
        };
        Ok(Self { limit: self::limit(limit), after, mark })
    }

    /// Cut what was fetched from this place on (one more than `limit`, to know whether there is more) into a page.
    pub fn cut<T>(&self, mut items: Vec<T>, key_of: impl Fn(&T) -> String) -> Page<T> {
        let has_more = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| has_more);
        Page { cursor: last.map(|item| self.cursor(&key_of(item))), items, has_more }
    }

    /// What goes on behind the item with this key.
    pub fn cursor(&self, key: &str) -> String {
        format!("{}{key}", self.mark)
    }

    /// The page of a list that is in memory whole, in the order of its keys.
    pub fn of<T>(&self, items: Vec<T>, key_of: impl Fn(&T) -> String) -> Page<T> {
        let begins = |item: &T| self.after.as_ref().is_none_or(|after| key_of(item) > *after);
        self.cut(items.into_iter().filter(begins).take(self.limit + 1).collect(), key_of)
    }
}

impl<T> Page<T> {
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(change).collect();
        Page { items, has_more: self.has_more, cursor: self.cursor }
    }
}

/// The limit to use for what the caller asked.
pub fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(LIMIT).clamp(1, LIMIT_MAX)
}
