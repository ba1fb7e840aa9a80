//! `wfmcp work tree`.

use super::find;
use super::summary::WorkItemSummary;
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{DEPTH_MAX, Item};
use crate::store::work::Work;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Show the tree of work items, or the part below one.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetWorkItemTree {
    /// The item at its top, or a prefix of its id; all trees if absent.
    #[arg(value_name = "ITEM")]
    pub item: Option<WorkItemName>,
    /// How many levels, 1 to 5.
    #[arg(long, value_name = "N")]
    pub depth: Option<u32>,
    /// At most this many items; levels nearer to the top come first.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

const LIMIT: usize = 100;
const LIMIT_MAX: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkItemTree {
    /// Each item before what is part of it.
    pub items: Vec<TreeItem>,
    /// All items of the tree by status, shown or not, its top left out.
    pub counts: BTreeMap<String, u64>,
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TreeItem {
    pub item: WorkItemSummary,
    /// How many of its children are not shown.
    pub hidden: u64,
}

impl Operation for GetWorkItemTree {
    const NAME: &'static str = "get_work_item_tree";
    const COMMAND: &'static [&'static str] = &["work", "tree"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work tree --depth 3";
    const ALIASES: Aliases = find::ITEM;
    type Output = WorkItemTree;

    async fn perform(self, context: &Context) -> Result<WorkItemTree, Error> {
        let work = context.project()?.work.as_ref();
        let limit = self.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
        let levels = self.depth.unwrap_or(DEPTH_MAX).clamp(1, DEPTH_MAX);
        let tops = match &self.item {
            Some(item) => vec![work.item(&find::id(context, item)?)?],
            None => work.children(None, limit)?,
        };
        let path = if self.item.is_some() { tops[0].path.clone() } else { "/".to_owned() };
        let tally = work.tally(&path)?;
        let counts = [
            ("open", tally.open),
            ("in_progress", tally.in_progress),
            ("blocked", tally.blocked),
            ("completed", tally.completed),
            ("cancelled", tally.cancelled),
        ];
        let below = below(work, &tops, levels, limit)?;
        let mut items = Vec::new();
        for top in tops {
            place(top, &below, &mut items);
        }
        Ok(WorkItemTree {
            items,
            counts: counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
            total: tally.total(),
        })
    }
}

/// The children of each item, level by level until there are enough.
fn below(
    work: &dyn Work,
    tops: &[Item],
    levels: u32,
    limit: usize,
) -> Result<BTreeMap<String, Vec<Item>>, Error> {
    let mut below = BTreeMap::new();
    let mut left = limit.saturating_sub(tops.len());
    let mut level: Vec<String> = parents(tops);
    for _ in 1..levels {
        let mut next = Vec::new();
        for parent in level {
            if left == 0 {
                return Ok(below);
            }
            let children = work.children(Some(&parent), left)?;
            left -= children.len();
            next.extend(parents(&children));
            below.insert(parent, children);
        }
        level = next;
    }
    Ok(below)
}

fn parents(items: &[Item]) -> Vec<String> {
    items.iter().filter(|item| item.children.total() > 0).map(|item| item.id.clone()).collect()
}

fn place(item: Item, below: &BTreeMap<String, Vec<Item>>, items: &mut Vec<TreeItem>) {
    let children = below.get(&item.id).map_or(&[][..], Vec::as_slice);
    let hidden = item.children.total().saturating_sub(children.len() as u64);
    items.push(TreeItem { item: item.into(), hidden });
    for child in children {
        place(child.clone(), below, items);
    }
}
