//! Why a change is refused. Everything that is wrong is told at once.

use std::fmt;
use thiserror::Error;

/// One thing that is wrong, at its place in what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

impl Problem {
    pub fn new(pointer: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), expected: expected.into(), got: got.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, got } = self;
        write!(f, "{pointer} expected {expected}, got {got}")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("{}", several(.0))]
    Invalid(Vec<Problem>),
    /// Somebody else changed it first: each field that the caller wanted otherwise than it is now.
    #[error("{item} is at version {present}, not {given}: somebody changed it in between")]
    Stale { item: String, present: u64, given: u64, problems: Vec<Problem> },
    /// The ids of the chain; the first is the last, too.
    #[error("that would be a cycle: {}", told(.0))]
    Cycle(Vec<String>),
    /// One of them is part of the other, which is finished only when its parts are.
    #[error("{part} is part of {whole}: neither can block the other")]
    Kin { part: String, whole: String },
    #[error(
        "{item} can't be completed: {unfinished} of its {children} children are unfinished, and its status follows from theirs"
    )]
    Unfinished { item: String, unfinished: u64, children: u64 },
    #[error("{item} has {} below it", counted(*.descendants))]
    Children { item: String, descendants: u64 },
    #[error("{item} has {limit} {what}, which is the limit")]
    Full { item: String, what: &'static str, limit: usize },
}

fn several(problems: &[Problem]) -> String {
    match problems {
        [one] => format!("the work item is wrong: {one}"),
        many => format!("{} things are wrong with the work item", many.len()),
    }
}

fn counted(items: u64) -> String {
    if items == 1 { "one item".to_owned() } else { format!("{items} items") }
}

/// A long chain with its middle left out.
fn told(chain: &[String]) -> String {
    const SHOWN: usize = 6;
    if chain.len() <= 2 * SHOWN {
        return chain.join(" blocks ");
    }
    let (first, last) = (&chain[..SHOWN], &chain[chain.len() - SHOWN..]);
    let left_out = chain.len() - 2 * SHOWN;
    format!("{} blocks ({left_out} more) blocks {}", first.join(" blocks "), last.join(" blocks "))
}
