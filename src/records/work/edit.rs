//! A new item, and a change to one: what comes of it, or all that is wrong with it.

use super::item::Item;
use super::metadata;
use super::place::{self, Place};
use super::refusal::{Problem, Refusal};
use super::rollup::{Tally, rolled_up};
use super::status::Status;
use super::types::{ItemType, Priority};
use super::words;
use serde_json::{Map, Value, json};

/// An item that somebody wants to have.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    pub item_type: ItemType,
    pub title: String,
    pub parent: Option<String>,
    pub status: Status,
    pub priority: Priority,
    pub metadata: Map<String, Value>,
    pub at: i64,
    pub by: String,
}

impl Draft {
    /// The item, below the parent it names.
    pub fn item(&self, parent: Option<&Item>) -> Result<Item, Refusal> {
        let mut problems: Vec<Problem> = words::title(&self.title).into_iter().collect();
        problems.extend(place::problems(self.item_type, parent, 1));
        problems.extend(metadata::problems(self.item_type, &self.metadata));
        if !problems.is_empty() {
            return Err(Refusal::Invalid(problems));
        }
        let place = Place::below(parent, &self.id);
        let own = u64::from(super::rollup::holds(self.status));
        Ok(Item {
            id: self.id.clone(),
            item_type: self.item_type,
            title: self.title.clone(),
            parent: place.parent,
            path: place.path,
            depth: place.depth,
            said: self.status,
            status: self.status,
            priority: self.priority,
            metadata: self.metadata.clone(),
            branch: None,
            version: 1,
            children: Tally::default(),
            blockers: 0,
            obstacles: parent.map_or(0, |parent| parent.obstacles) + own,
            created_at: self.at,
            created_by: self.by.clone(),
            updated_at: self.at,
            updated_by: self.by.clone(),
        })
    }
}

/// What somebody wants to be otherwise; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    pub item: String,
    /// The version that the caller saw, where it minds.
    pub version: Option<u64>,
    pub title: Option<String>,
    pub status: Option<Status>,
    pub priority: Option<Priority>,
    /// What goes over the present metadata; null removes a key.
    pub metadata: Option<Map<String, Value>>,
    /// What it is to be part of; nothing where the inner is absent.
    pub parent: Option<Option<String>>,
    pub branch: Option<Option<String>>,
    pub at: i64,
    pub by: String,
}

/// Where an item goes: below what, and how many levels it has, itself included.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    pub parent: Option<&'a Item>,
    pub levels: u32,
}

impl Edit {
    /// The item as it is afterwards; its place is left to whoever moves what is below it.
    pub fn apply(&self, present: &Item, going: Option<Move<'_>>) -> Result<Item, Refusal> {
        if let Some(given) = self.version.filter(|given| *given != present.version) {
            return Err(self.stale(present, given));
        }
        let mut next = present.clone();
        self.fields(&mut next);
        let mut problems: Vec<Problem> = self.title.as_deref().and_then(words::title).into_iter().collect();
        problems.extend(self.status.and_then(|status| not_allowed(present.status, status)));
        if let Some(going) = going {
            problems.extend(misplaced(present, going));
        }
        if self.metadata.is_some() {
            problems.extend(metadata::problems(present.item_type, &next.metadata));
        }
        problems.extend(self.branch.iter().flatten().filter_map(|branch| words::branch(branch)));
        if !problems.is_empty() {
            return Err(Refusal::Invalid(problems));
        }
        let unfinished = present.children.unfinished();
        if self.status == Some(Status::Completed) && unfinished > 0 {
            let (item, children) = (present.id.clone(), present.children.total());
            return Err(Refusal::Unfinished { item, unfinished, children });
        }
        next.status = rolled_up(next.said, &next.children);
        if next != *present {
            next.version += 1;
            next.updated_at = self.at;
            next.updated_by.clone_from(&self.by);
        }
        Ok(next)
    }

    fn fields(&self, next: &mut Item) {
        if let Some(title) = &self.title {
            next.title.clone_from(title);
        }
        // A parent that is let go is `open` beneath what its children say.
        if let Some(status) = self.status {
            next.said = status;
        }
        next.priority = self.priority.unwrap_or(next.priority);
        if let Some(patch) = &self.metadata {
            next.metadata = metadata::merged(&next.metadata, patch);
        }
        if let Some(parent) = &self.parent {
            next.parent.clone_from(parent);
        }
        if let Some(branch) = &self.branch {
            next.branch.clone_from(branch);
        }
    }

    /// Both sides of each field that the caller wanted otherwise than it is now.
    fn stale(&self, present: &Item, given: u64) -> Refusal {
        let mut wanted = present.clone();
        self.fields(&mut wanted);
        let now = format!("{}, by {}", present.version, present.updated_by.escape_debug());
        let mut problems = vec![Problem::new("/version", now, given.to_string())];
        problems.extend(difference(present, &wanted).into_iter().map(|(field, [now, wanted])| {
            Problem::new(format!("/{field}"), format!("{now} as it is now"), wanted.to_string())
        }));
        Refusal::Stale { item: present.id.clone(), present: present.version, given, problems }
    }
}

fn misplaced(present: &Item, going: Move<'_>) -> Vec<Problem> {
    let own = going.parent.filter(|parent| parent.is_within(&present.path));
    match own {
        Some(parent) => {
            let got = if parent.id == present.id {
                "itself".to_owned()
            } else {
                format!("{}, which is below it", parent.id)
            };
            vec![Problem::new("/parent", "an item that is not part of this one", got)]
        }
        None => place::problems(present.item_type, going.parent, going.levels),
    }
}

fn not_allowed(from: Status, to: Status) -> Option<Problem> {
    if from.may_become(to) {
        return None;
    }
    let next: Vec<&str> = from.next().iter().map(|status| status.name()).collect();
    let expected = format!("{} after {}", next.join(", "), from.name());
    Some(Problem::new("/status", expected, to.name()))
}

/// Each field of which somebody said something else, before and after.
pub fn difference(before: &Item, after: &Item) -> Vec<(&'static str, [Value; 2])> {
    let fields = |item: &Item| {
        [
            ("title", json!(item.title)),
            ("status", json!(item.said)),
            ("priority", json!(item.priority)),
            ("metadata", Value::Object(item.metadata.clone())),
            ("parent", json!(item.parent)),
            ("branch", json!(item.branch)),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after));
    pairs.filter(|(a, b)| a.1 != b.1).map(|((field, a), (_, b))| (field, [a, b])).collect()
}
