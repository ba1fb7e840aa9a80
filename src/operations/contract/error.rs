//! Why an operation could not be performed: a kind for machines, a message and hints for people and agents. What a
//! kind is in a face (an exit code, a status) is that face's table.

use super::hint::Hint;
use crate::config;
use crate::drivers::driver;
use crate::operations::documents::Finding;
use crate::store;
use serde::Serialize;
use std::fmt;

/// The kinds of failure, each of which a caller may treat differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The call itself is malformed: an unknown command, option or argument.
    Usage,
    /// A value that was given does not fit.
    InvalidInput,
    /// A workflow, prompt or pattern has errors.
    InvalidDocument,
    NotFound,
    /// The name is taken, or the thing is in no state for this.
    Conflict,
    /// Somebody else holds the action.
    Held,
    /// The caller held the action once, and no longer does.
    Superseded,
    /// The run has ended, so there is nothing left to do for it.
    Ended,
    NotPermitted,
    /// A limit is reached.
    Limit,
    /// The store or this machine cannot do it now: a full disk, a lock, a read-only folder.
    Unavailable,
    /// The store is damaged, or was written by a newer wfmcp.
    Store,
    Cancelled,
    /// A bug.
    Internal,
}

impl Kind {
    /// As machines read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::InvalidInput => "invalid_input",
            Self::InvalidDocument => "invalid_document",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Held => "held",
            Self::Superseded => "superseded",
            Self::Ended => "ended",
            Self::NotPermitted => "not_permitted",
            Self::Limit => "limit",
            Self::Unavailable => "unavailable",
            Self::Store => "store",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }

    pub const ALL: [Self; 14] = [
        Self::Usage,
        Self::InvalidInput,
        Self::InvalidDocument,
        Self::NotFound,
        Self::Conflict,
        Self::Held,
        Self::Superseded,
        Self::Ended,
        Self::NotPermitted,
        Self::Limit,
        Self::Unavailable,
        Self::Store,
        Self::Cancelled,
        Self::Internal,
    ];
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
    /// What to do next.
    #[serde(serialize_with = "told")]
    pub hints: Vec<Hint>,
    /// Each single thing that is wrong, where there are several.
    pub details: Vec<Detail>,
    /// What is wrong with a document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detail {
    /// JSON pointer into the input, or a place in a document.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, got } = self;
        let gap = if pointer.is_empty() { "" } else { " " };
        write!(f, "{pointer}{gap}expected {expected}, got {got}")
    }
}

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), details: Vec::new(), findings: Vec::new() }
    }

    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidInput, message)
    }

    pub fn not_found(what: &str, name: &str) -> Self {
        Self::new(Kind::NotFound, format!("{what} `{name}` was not found"))
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The message with everything that is wrong, for who is told one sentence.
    pub fn in_full(&self) -> String {
        let [_, _, ..] = self.details.as_slice() else { return self.message.clone() };
        let told: Vec<String> = self.details.iter().map(ToString::to_string).collect();
        format!("{}: {}", self.message, told.join("; "))
    }

    /// Add the nearest of `candidates` as a hint, where one is near enough to be meant.
    #[must_use]
    pub fn suggest<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, candidates) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

fn told<S: serde::Serializer>(hints: &[Hint], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(hints.iter().map(ToString::to_string))
}

/// The candidate that a mistyped name most likely stands for.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let message = error.to_string();
        match error {
            E::NotFound { what, name } => Self::not_found(what, &name),
            E::Exists { .. } | E::IdTaken(_) => Self::new(Kind::Conflict, message).hint("choose another name"),
            E::Conflict { .. } | E::NotOwner { .. } => {
                Self::new(Kind::Conflict, message).hint("another process moved the run on: look at it again")
            }
            E::Stale { .. } => Self::new(Kind::Conflict, message).hint("look at it again, then decide again"),
            E::InUse { .. } => Self::new(Kind::Conflict, message)
                .hint(Hint::call("make another one active first", "switch_project").with("project", "NAME")),
            E::Archived { name, .. } => Self::new(Kind::Conflict, message).hint(
                Hint::call("bring it back", "archive_project").with("project", name).with("restore", "true"),
            ),
            E::Removed { .. } => Self::new(Kind::NotFound, message)
                .hint(Hint::call("see which projects there are", "list_projects")),
            E::Refused(refusal) => refusal.into(),
            E::Full { .. } => Self::new(Kind::Unavailable, message)
                .hint("free some space and repeat the command: nothing was lost, the run is where it was"),
            E::ReadOnly { .. } => Self::new(Kind::Unavailable, message)
                .hint("make the folder writable, or name another one with WFMCP_HOME"),
            E::Newer { .. } => Self::new(Kind::Store, message).hint("update wfmcp, or name another home with WFMCP_HOME"),
            E::Damaged { .. } => Self::new(Kind::Store, message)
                .hint(Hint::call("see what is damaged", "get_system_health"))
                .hint("restore the file from a backup; the other projects are not touched"),
            E::Locked { .. } => Self::new(Kind::Unavailable, message).hint("see which wfmcp process holds it, then repeat the command"),
            E::Io { .. } => Self::new(Kind::Unavailable, message)
                .hint("see that the disk is well and that no limit on files is reached (`ulimit -a`), then repeat the command"),
        }
    }
}

impl From<driver::Error> for Error {
    fn from(error: driver::Error) -> Self {
        use driver::Error as E;
        let message = error.to_string();
        match error {
            E::NotFound { what, name } => Self::not_found(what, &name),
            E::Superseded { .. } => Self::new(Kind::Superseded, message).hint(Hint::call(
                "throw the work away, and see what waits for somebody now",
                "list_pending_actions",
            )),
            E::Held { .. } => Self::new(Kind::Held, message)
                .hint(Hint::call("wait until the lease ends, or take another one", "list_pending_actions")),
            E::Settled { .. } => Self::new(Kind::Conflict, message)
                .hint(Hint::call("it is done; see what else waits", "list_pending_actions")),
            E::Ended { run, .. } => Self::new(Kind::Ended, message)
                .hint(Hint::call("see how it ended", "get_workflow_status").with("run", run)),
            E::Moved { .. } => Self::new(Kind::Ended, message)
                .hint("go on where it is now: its id and those of its actions are the same there"),
            E::NotPermitted(_) => Self::new(Kind::NotPermitted, message)
                .hint("let somebody else decide: wfmcp submit ACTION --approve --as NAME")
                .hint("or allow it for this project: wfmcp config set approvals.self_approval true --here"),
            E::Conflict(_) => Self::new(Kind::Conflict, message),
            E::Invalid { problems, .. } => {
                Self { details: problems.into_iter().map(Detail::from).collect(), ..Self::input(message) }
            }
            E::Busy { .. } => Self::new(Kind::Conflict, message)
                .hint("wait until one has ended, or cancel it")
                .hint("`on_busy: queue` in its `concurrency` lets a run wait for its turn"),
            E::TooManyPending { .. } => Self::new(Kind::Limit, message)
                .hint(Hint::call("do or cancel some of them first", "list_pending_actions"))
                .hint(
                    Hint::call("or raise the limit", "set_config")
                        .with("key", "max_pending_actions")
                        .with("value", "100"),
                ),
            E::Store(error) => error.into(),
        }
    }
}

impl From<crate::engine::event::Problem> for Detail {
    fn from(problem: crate::engine::event::Problem) -> Self {
        Self { pointer: problem.pointer, expected: problem.expected, got: problem.got }
    }
}

impl From<config::Error> for Error {
    fn from(error: config::Error) -> Self {
        let hints =
            error.problems.iter().filter_map(|problem| Some(Hint::from(problem.hint.clone()?))).collect();
        Self { hints, ..Self::input(format!("the configuration is wrong: {error}")) }
    }
}
