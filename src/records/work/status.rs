//! The states of a work item, and which may follow which when somebody says so.
//!
//! | from | to |
//! |---|---|
//! | open | in_progress, blocked, completed, cancelled |
//! | in_progress | open, blocked, completed, cancelled |
//! | blocked | open, in_progress, cancelled |
//! | completed | open, in_progress |
//! | cancelled | open |

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Status {
    #[default]
    Open,
    InProgress,
    Blocked,
    Completed,
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Open, Self::InProgress, Self::Blocked, Self::Completed, Self::Cancelled];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Blocked => "blocked",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What a run in this state means for the item it serves. What has failed or was cancelled wants somebody to look.
    pub fn of_run(run: &str) -> Self {
        match run {
            "completed" => Self::Completed,
            "failed" | "cancelled" => Self::Blocked,
            _ => Self::InProgress,
        }
    }

    /// Nothing more is to be done.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// What somebody may say next. What is blocked must go on before it can be done.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::InProgress, Self::Blocked, Self::Completed, Self::Cancelled],
            Self::InProgress => &[Self::Open, Self::Blocked, Self::Completed, Self::Cancelled],
            Self::Blocked => &[Self::Open, Self::InProgress, Self::Cancelled],
            Self::Completed => &[Self::Open, Self::InProgress],
            Self::Cancelled => &[Self::Open],
        }
    }

    pub fn may_become(self, next: Self) -> bool {
        self == next || self.next().contains(&next)
    }
}
