//! Where an item may be in the tree: below what, and how deep.

use super::item::Item;
use super::refusal::Problem;
use super::types::ItemType;

/// Levels of the tree; an item that is part of nothing is on the first.
pub const DEPTH_MAX: u32 = 5;

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub parent: Option<String>,
    pub path: String,
    pub depth: u32,
}

impl Place {
    pub fn below(parent: Option<&Item>, id: &str) -> Self {
        let (above, depth) = parent.map_or(("/", 0), |parent| (parent.path.as_str(), parent.depth));
        Self {
            parent: parent.map(|parent| parent.id.clone()),
            path: format!("{above}{id}/"),
            depth: depth + 1,
        }
    }
}

/// What is wrong with an item of this type below `parent`, with `levels` of items in all, itself included.
pub(super) fn problems(item_type: ItemType, parent: Option<&Item>, levels: u32) -> Vec<Problem> {
    let name = item_type.name();
    let allowed: Vec<&str> = item_type.parents().iter().map(|parent| parent.name()).collect();
    let allowed = allowed.join(", ");
    let Some(parent) = parent else {
        let alone = (!item_type.may_stand_alone())
            .then(|| Problem::new("/parent", format!("the item a {name} is part of ({allowed})"), "none"));
        return alone.into_iter().collect();
    };
    let mut problems = Vec::new();
    if !item_type.parents().contains(&parent.item_type) {
        let expected = if allowed.is_empty() {
            format!("none: a {name} is part of nothing")
        } else {
            format!("a parent of the type {allowed} for a {name}")
        };
        problems.push(Problem::new(
            "/parent",
            expected,
            format!("{}, which is a {}", parent.id, parent.item_type.name()),
        ));
    }
    let deepest = parent.depth + levels;
    if deepest > DEPTH_MAX {
        let got = format!("{deepest} levels below {}", parent.path.trim_matches('/').replace('/', " / "));
        problems.push(Problem::new("/parent", format!("a tree of at most {DEPTH_MAX} levels"), got));
    }
    problems
}
