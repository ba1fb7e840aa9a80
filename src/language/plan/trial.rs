//! `kind: test`, resolved: cases that a workflow must pass, with what the world answers and what must come of it.

use super::Plan;
use crate::language::source::Source;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    pub name: Option<String>,
    /// As the document names it.
    pub workflow: String,
    /// The document that it names.
    pub source: Source,
    pub plan: Arc<Plan>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub name: String,
    /// Of the document, from 1.
    pub line: usize,
    /// Completed by their defaults.
    pub inputs: Map<String, Value>,
    /// What steps that really run find in their environment, secrets included.
    pub env: BTreeMap<String, String>,
    /// When its clock starts, in milliseconds since 1970.
    pub clock: i64,
    /// What a pattern is applied to, as templates see it.
    pub target: Option<Map<String, Value>>,
    /// How long after its start somebody cancels it, whatever it is then.
    pub cancel_after_ms: Option<u64>,
    pub answers: Vec<Answers>,
    pub expect: Expect,
}

/// What steps of one name answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// As the document says it.
    pub name: String,
    pub stands_for: StandsFor,
    pub given: Given,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandsFor {
    /// Addresses of steps (`plan::sites`).
    Steps(Vec<String>),
    /// One item of a loop, or one round of a repetition: the key of a step without its attempts.
    Place(String),
    /// A check of this name.
    Check,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The step is done for real.
    Really,
    /// One for each time the step is done; the last stays. There is at least one.
    Told(Vec<Answer>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub reply: Reply,
    /// Who says so, where somebody does.
    pub by: Option<String>,
    /// How long it takes, by the virtual clock.
    pub after_ms: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    Printed { stdout: String, stderr: String, exit_code: i32 },
    Result(Value),
    Decided { approved: bool, reason: Option<String> },
    Event(Value),
    Failed(String),
}

/// What must come of a case; what is absent is not looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expect {
    pub status: Option<String>,
    pub outputs: Map<String, Value>,
    pub state: Map<String, Value>,
    /// Data that the target must have.
    pub target: Map<String, Value>,
    /// A part of the error's message.
    pub error: Option<String>,
    /// By address, or by the key of one item or round.
    pub steps: Vec<(String, ExpectStep)>,
    /// Addresses in the order in which they must have begun.
    pub order: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpectStep {
    pub status: Option<String>,
    pub runs: Option<u64>,
    pub result: Option<Value>,
}
