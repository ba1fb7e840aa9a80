//! What an item's status is: the one that was said of an item without children, else the one that follows from its
//! children's.
//!
//! From its children, where cancelled ones count only if all are: all finished is `completed`, all cancelled is
//! `cancelled`; else anything begun or done is `in_progress`, unless all that is left is blocked, which is `blocked`; else
//! `open`, or `in_progress` where that was said of the parent. Above them, `blocked` and `cancelled` are holds when said of a parent: they stay until `open` or `in_progress`
//! is said of it. An item whose last child goes keeps the status it had.

use super::status::Status;
use serde::{Deserialize, Serialize};

/// How many children are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub open: u64,
    pub in_progress: u64,
    pub blocked: u64,
    pub completed: u64,
    pub cancelled: u64,
}

impl Tally {
    pub fn of(children: impl IntoIterator<Item = Status>) -> Self {
        let mut tally = Self::default();
        children.into_iter().for_each(|status| *tally.count_mut(status) += 1);
        tally
    }

    pub fn count_mut(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Open => &mut self.open,
            Status::InProgress => &mut self.in_progress,
            Status::Blocked => &mut self.blocked,
            Status::Completed => &mut self.completed,
            Status::Cancelled => &mut self.cancelled,
        }
    }

    /// A child went from one state to another, came (from none) or left (to none).
    pub fn shift(&mut self, from: Option<Status>, to: Option<Status>) {
        if let Some(from) = from {
            let count = self.count_mut(from);
            *count = count.saturating_sub(1);
        }
        if let Some(to) = to {
            *self.count_mut(to) += 1;
        }
    }

    pub fn total(&self) -> u64 {
        self.unfinished() + self.completed + self.cancelled
    }

    pub fn unfinished(&self) -> u64 {
        self.open + self.in_progress + self.blocked
    }
}

/// Whether what was said of an item keeps everything below it from being ready.
pub fn holds(said: Status) -> bool {
    matches!(said, Status::Blocked | Status::Cancelled)
}

/// The status of an item of which `said` was said.
pub fn rolled_up(said: Status, children: &Tally) -> Status {
    if children.total() == 0 || holds(said) {
        return said;
    }
    match children {
        Tally { completed: 0, .. } if children.unfinished() == 0 => Status::Cancelled,
        _ if children.unfinished() == 0 => Status::Completed,
        _ if children.blocked == children.unfinished() => Status::Blocked,
        Tally { in_progress: 0, completed: 0, .. } if said != Status::InProgress => Status::Open,
        _ => Status::InProgress,
    }
}
