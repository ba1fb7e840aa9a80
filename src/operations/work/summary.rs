//! A work item as lists show it.

use crate::operations::time::rfc3339;
use crate::records::work::{Item, ItemType, Priority, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkItemSummary {
    pub work_item_id: String,
    #[serde(rename = "type")]
    #[schemars(with = "String")]
    pub item_type: ItemType,
    pub title: String,
    /// With children, what follows from theirs.
    #[schemars(with = "String")]
    pub status: Status,
    /// Nothing that blocks it, or what it is part of, is unfinished.
    pub ready: bool,
    #[schemars(with = "String")]
    pub priority: Priority,
    pub parent: Option<String>,
    /// 1 for an item that is part of nothing.
    pub depth: u32,
    pub children: u64,
    pub children_finished: u64,
    pub branch: Option<String>,
    pub version: u64,
    pub created_at: String,
    pub updated_at: String,
}

impl From<Item> for WorkItemSummary {
    fn from(item: Item) -> Self {
        Self {
            ready: item.is_ready(),
            work_item_id: item.id,
            item_type: item.item_type,
            title: item.title,
            status: item.status,
            priority: item.priority,
            parent: item.parent,
            depth: item.depth,
            children: item.children.total(),
            children_finished: item.children.completed + item.children.cancelled,
            branch: item.branch,
            version: item.version,
            created_at: rfc3339(item.created_at),
            updated_at: rfc3339(item.updated_at),
        }
    }
}

/// A work item that another one has to do with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RelatedItem {
    pub work_item_id: String,
    pub title: String,
    pub status: Status,
}

impl From<Item> for RelatedItem {
    fn from(item: Item) -> Self {
        Self { work_item_id: item.id, title: item.title, status: item.status }
    }
}
