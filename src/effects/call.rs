//! A `call` step: one of wfmcp's own operations. This room owns the trait; whoever assembles the program hands in the
//! operations behind it.

use super::error::Result;
use serde_json::Value;

pub trait Caller: Send + Sync {
    /// Whether all that an operation does is to change the records of its project, on the caller's thread: then what it
    /// did can be durable together with the fact that it was done.
    fn keeps_records(&self, operation: &str) -> bool;
    /// Perform an operation by its tool name; `key` is the same whenever the same step tries again.
    fn call(&self, operation: &str, with: &Value, key: &str) -> Called;
}

/// What came of a call.
pub struct Called {
    pub answer: Result<Value>,
    /// Puts on record that it was made. Whoever undoes what was done leaves it.
    pub put_on_record: Box<dyn FnOnce() + Send>,
}

impl Called {
    /// With nothing to put on record.
    pub fn with(answer: Result<Value>) -> Self {
        Self { answer, put_on_record: Box::new(|| {}) }
    }
}
