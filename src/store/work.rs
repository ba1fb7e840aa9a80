//! The work items of a project: their tree, the dependencies across it, and what is linked to them. Whether a change is
//! allowed is `records`'; here it is judged and made in one transaction.

use super::error::Result;
use crate::records::work::{Dependency, Draft, Edit, Item, ItemType, Relation, Status, Tally};
use serde_json::{Map, Value};

pub trait Work: Send + Sync {
    /// `Exists` if the id is taken.
    fn create_item(&self, draft: &Draft) -> Result<Item>;
    /// With everything that follows for what is above, below and behind it.
    fn update_item(&self, edit: &Edit) -> Result<Item>;
    /// What goes, and what no longer waits for it.
    fn delete_item(&self, removal: &Removal) -> Result<Removed>;

    fn item(&self, id: &str) -> Result<Item>;
    /// The ids that begin with this, at most `limit`.
    fn items_by_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>>;
    fn items(&self, filter: &WorkFilter) -> Result<Vec<Item>>;
    /// How many there are on all pages.
    fn count_items(&self, filter: &WorkFilter) -> Result<u64>;
    /// Oldest first, at most `limit`; those that are part of nothing where no parent is named.
    fn children(&self, parent: Option<&str>, limit: usize) -> Result<Vec<Item>>;
    /// Everything below this path, by status.
    fn tally(&self, path: &str) -> Result<Tally>;

    /// False if it was there.
    fn depend(&self, dependency: &Dependency, at: i64) -> Result<bool>;
    /// That `then` waits for `first` no longer; false if there was none.
    fn undepend(&self, first: &str, then: &str) -> Result<bool>;
    /// Those in which the item is either side.
    fn dependencies(&self, id: &str) -> Result<Vec<DependencyRow>>;

    /// The item, and false if the commit was there.
    fn link_commit(&self, id: &str, commit: &CommitRow) -> Result<(Item, bool)>;
    /// Newest link first.
    fn commits(&self, id: &str, limit: usize) -> Result<Vec<CommitRow>>;
    /// What was said of it, latest first.
    fn changes(&self, id: &str, limit: usize) -> Result<Vec<ChangeRow>>;
}

#[derive(Debug, Clone)]
pub struct Removal {
    pub item: String,
    pub version: Option<u64>,
    pub children: Children,
}

/// What becomes of what is below an item that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Children {
    /// There must be none.
    Refuse,
    GoToo,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Removed {
    pub item: Item,
    /// Itself and everything below it.
    pub count: u64,
    /// Items that were blocked by what is gone; the first of them.
    pub dependents: Vec<Item>,
    pub dependents_count: u64,
}

/// A dependency, and the other side of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DependencyRow {
    pub side: Side,
    pub said: Relation,
    pub other: Item,
}

/// What the other item is to the one that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Blocker,
    Blocked,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CommitRow {
    pub commit: String,
    pub subject: Option<String>,
    /// Whether a repository knew it.
    pub checked: bool,
    pub at: i64,
    pub by: String,
}

/// What somebody said of an item: each field with what it was and what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeRow {
    pub version: u64,
    pub at: i64,
    pub by: String,
    pub fields: Map<String, Value>,
}

#[derive(Debug, Clone, Default)]
pub struct WorkFilter {
    pub status: Vec<Status>,
    pub types: Vec<ItemType>,
    /// Only what is below this path.
    pub under: Option<String>,
    pub readiness: Option<Readiness>,
    /// Part of the title, in whatever case.
    pub text: Option<String>,
    pub branch: Option<String>,
    pub order: Order,
    /// The last item of the page before.
    pub after: Option<Position>,
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    Blocked,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The most urgent first, then the oldest.
    #[default]
    Priority,
    /// The newest first.
    Created,
    /// What changed last first.
    Updated,
    Title,
}

/// What an item is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub item: String,
    pub rank: u8,
    pub created_at: i64,
    pub updated_at: i64,
    pub title: String,
}
