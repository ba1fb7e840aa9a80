//! What kinds of work items there are, which may be below which, and how urgent one is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ItemType {
    Project,
    Session,
    Task,
    Research,
    Subtask,
}

impl ItemType {
    pub const ALL: [Self; 5] = [Self::Project, Self::Session, Self::Task, Self::Research, Self::Subtask];

    pub fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Session => "session",
            Self::Task => "task",
            Self::Research => "research",
            Self::Subtask => "subtask",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What it may be part of; empty where it is part of nothing.
    pub fn parents(self) -> &'static [Self] {
        match self {
            Self::Project => &[],
            Self::Session => &[Self::Project],
            Self::Task => &[Self::Project, Self::Session],
            Self::Research => &[Self::Project, Self::Session, Self::Task],
            Self::Subtask => &[Self::Task, Self::Research, Self::Subtask],
        }
    }

    /// Whether it may be part of nothing: only a subtask is always a part.
    pub fn may_stand_alone(self) -> bool {
        self != Self::Subtask
    }
}

#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Priority {
    Urgent,
    High,
    #[default]
    Normal,
    Low,
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    pub fn name(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// 1 comes first.
    pub fn rank(self) -> u8 {
        match self {
            Self::Urgent => 1,
            Self::High => 2,
            Self::Normal => 3,
            Self::Low => 4,
        }
    }

    pub fn ranked(rank: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.rank() == rank)
    }
}
