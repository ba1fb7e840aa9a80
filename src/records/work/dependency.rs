//! One item must be finished before another can begin, however that is said; and that no chain of these comes back to
//! where it began.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Relation {
    Blocks,
    DependsOn,
}

impl Relation {
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::DependsOn => "depends_on",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Blocks, Self::DependsOn].into_iter().find(|one| one.name() == name)
    }
}

/// `blocker` must be finished before `blocked` is ready. Said either way, it is the same dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub blocker: String,
    pub blocked: String,
    /// How it was said.
    pub said: Relation,
}

impl Dependency {
    pub fn new(from: &str, said: Relation, to: &str) -> Self {
        let (first, then) = match said {
            Relation::Blocks => (from, to),
            Relation::DependsOn => (to, from),
        };
        Self { blocker: first.to_owned(), blocked: then.to_owned(), said }
    }
}

/// The cycle that `first` before `then` would close, beginning and ending with `first`. `blocks` says what an
/// item blocks already.
pub fn cycle<N: Clone + Ord, E>(
    first: &N,
    then: &N,
    mut blocks: impl FnMut(&N) -> Result<Vec<N>, E>,
) -> Result<Option<Vec<N>>, E> {
    let mut before: BTreeMap<N, N> = BTreeMap::from([(then.clone(), first.clone())]);
    let mut next = VecDeque::from([then.clone()]);
    while let Some(at) = next.pop_front() {
        if at == *first {
            return Ok(Some(chain(first, &before)));
        }
        for found in blocks(&at)? {
            if !before.contains_key(&found) {
                before.insert(found.clone(), at.clone());
                next.push_back(found);
            }
        }
    }
    Ok(None)
}

fn chain<N: Clone + Ord>(end: &N, before: &BTreeMap<N, N>) -> Vec<N> {
    let mut chain = vec![end.clone()];
    let mut at = end;
    while let Some(previous) = before.get(at) {
        chain.push(previous.clone());
        at = previous;
        if at == end {
            break;
        }
    }
    chain.reverse();
    chain
}
