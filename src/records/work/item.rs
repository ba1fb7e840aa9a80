//! A work item as it is kept.

use super::rollup::Tally;
use super::status::Status;
use super::types::{ItemType, Priority};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: String,
    pub item_type: ItemType,
    pub title: String,
    pub parent: Option<String>,
    /// The ids from the top to this item, each with a slash behind it: `/w-a/w-b/`.
    pub path: String,
    pub depth: u32,
    /// What somebody said of it.
    pub said: Status,
    /// What follows from that and from its children.
    pub status: Status,
    pub priority: Priority,
    pub metadata: Map<String, Value>,
    pub branch: Option<String>,
    /// How often somebody changed it; what follows from other items does not count.
    pub version: u64,
    pub children: Tally,
    /// How many unfinished items block it directly.
    pub blockers: u64,
    /// How many of it and of what it is part of are held or have unfinished blockers.
    pub obstacles: u64,
    pub created_at: i64,
    pub created_by: String,
    pub updated_at: i64,
    pub updated_by: String,
}

impl Item {
    /// It can be worked on: nothing that blocks it, or what it is part of, is unfinished.
    pub fn is_ready(&self) -> bool {
        matches!(self.status, Status::Open | Status::InProgress) && self.obstacles == 0
    }

    /// Neither finished nor ready.
    pub fn is_blocked(&self) -> bool {
        !self.status.is_finished() && !self.is_ready()
    }

    /// Whether it keeps everything below it from being ready.
    pub fn is_stuck(&self) -> bool {
        super::rollup::holds(self.said) || self.blockers > 0
    }

    /// Whether it is, or is part of, the item at this path.
    pub fn is_within(&self, path: &str) -> bool {
        self.path.starts_with(path)
    }
}
