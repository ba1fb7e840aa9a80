//! What became of each place of a run, for whoever compares it with what should have.

use super::super::event::{Key, SkipReason};
use super::super::node::{Done, Layer, State};
use super::super::run::Run;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub key: Key,
    /// As expressions say it, but `skipped` is only what a condition left out, and what did not begin is `pending`.
    pub status: &'static str,
    /// Null where there is none.
    pub result: Value,
    /// Attempts begun, in all.
    pub attempts: u32,
    /// From its beginning to its end, where it has both.
    pub took_ms: Option<i64>,
}

impl Run {
    /// Every place that exists by now, in the order in which they came to be.
    pub fn accounts(&self) -> Vec<Account> {
        let places = self.facts.nodes.iter().zip(0..).filter(|(node, _)| node.layer != Layer::List);
        places
            .map(|(node, id)| Account {
                key: node.key.clone(),
                status: match node.state {
                    State::Done(Done::Skipped(SkipReason::Condition)) => "skipped",
                    State::Done(Done::Skipped(_))
                    | State::Blocked
                    | State::Ready
                    | State::Starting
                    | State::Delayed { .. } => "pending",
                    _ => node.status_word(),
                },
                result: self.result_of(id),
                attempts: node.attempt,
                took_ms: node.started_at.zip(node.ended_at).map(|(start, end)| end - start),
            })
            .collect()
    }
}
