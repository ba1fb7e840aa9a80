//! The small values events are made of: JSON kept as text, the names of runs, steps, actions and plans, who did something,
//! and what a model took.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// A JSON value kept as its text: replay neither builds nor copies trees.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(pub Box<RawValue>);

impl Json {
    pub fn of(value: &Value) -> Self {
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    pub fn list(values: &[Self]) -> Self {
        let values: Vec<&str> = values.iter().map(Self::get).collect();
        Self(
            RawValue::from_string(format!("[{}]", values.join(",")))
                .unwrap_or_else(|_| RawValue::NULL.to_owned()),
        )
    }

    pub fn text(value: &str) -> Self {
        Self::of(&Value::String(value.to_owned()))
    }

    pub fn get(&self) -> &str {
        self.0.get()
    }

    pub fn parse(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or(Value::Null)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get())
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Arc<str>);

        impl $name {
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type! {
    /// Names a step's place in a run for ever: `publish[2]/build~3#2` is the second attempt of the third round of
    /// `build` in the third item of `publish`.
    Key
}
name_type! {
    /// `r-7q2mzk`.
    RunId
}
name_type! {
    /// `k7f3`, without its generation.
    ActionId
}
name_type! {
    /// The content hash of a resolved plan.
    PlanHash
}

/// Who did something, and through which face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub name: String,
    pub face: Face,
    /// Which of several callers of this name, where that is known: the process that holds this owner's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Actor {
    pub fn new(name: impl Into<String>, face: Face) -> Self {
        Self { name: name.into(), face, session: None }
    }

    /// Whether what one holds is the other's: the same name, and not another session.
    pub fn is(&self, other: &Self) -> bool {
        let sessions = self.session.as_ref().zip(other.session.as_ref());
        self.name == other.name && sessions.is_none_or(|(ours, theirs)| ours == theirs)
    }

    /// A person decides, not a program.
    pub fn is_person(&self) -> bool {
        matches!(self.face, Face::Terminal | Face::Elicited)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// A person at a terminal.
    Terminal,
    /// A program that called the terminal's commands.
    Script,
    Mcp,
    /// A person whom an MCP client asked for us.
    Elicited,
    Http,
    /// wfmcp itself (a schedule, a parent run).
    Engine,
}

impl Face {
    /// Whether programs that decide by themselves come this way.
    pub fn is_agents(self) -> bool {
        matches!(self, Self::Mcp | Self::Http)
    }
}

/// Tokens that a model counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// What a pattern was applied to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// The id of the application.
    pub application: String,
    /// The entity as it was then: what templates see as `target`.
    pub target: Value,
    /// What was found before.
    pub validation: Value,
}

/// How many runs of a key may go on at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub key: String,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRef {
    pub id: String,
    pub name: String,
}

/// The step that started a child run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    pub run: RunId,
    pub step: Key,
}

/// What agents and models took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Spent {
    /// How often an agent or a model was asked.
    pub attempts: u64,
    pub tokens: u64,
    pub cost: f64,
}

impl Spent {
    pub fn add(&mut self, other: &Self) {
        self.attempts = self.attempts.saturating_add(other.attempts);
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.cost += other.cost;
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl From<Usage> for Spent {
    fn from(usage: Usage) -> Self {
        Self { tokens: usage.input_tokens.saturating_add(usage.output_tokens), ..Self::default() }
    }
}

/// The run that another was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub run: RunId,
    /// The step that was done again, with what comes after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Key>,
    /// It goes on in place of that run, and answers for what that had done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continues: bool,
}

impl Key {
    /// Whether it is this step, or an item, a round or a part of it.
    pub fn is_or_is_in(&self, step: &Self) -> bool {
        let rest = self.as_str().strip_prefix(step.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '[', '~', '#']))
    }

    /// Where the step stands in the plan: without items, rounds and attempts.
    pub fn address(&self) -> String {
        let plain = |id: &str| id.split(['[', '~', '#']).next().unwrap_or_default().to_owned();
        self.as_str().split('/').map(plain).collect::<Vec<_>>().join("/")
    }
}

/// A run was taken away, to go on in another home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub by: Actor,
    /// Where it goes, in the words of whoever moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A run was brought here: what it is among now, which may be other than where it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    pub by: Actor,
    pub project: ProjectRef,
    /// The working directory its scripts start in.
    pub dir: String,
    /// The folder of its artifact files.
    pub artifacts: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_models: bool,
}
