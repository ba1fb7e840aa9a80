//! A `call` step: one of wfmcp's own operations. This room owns the trait; whoever assembles the program hands in the
//! operations behind it.

use super::error::Result;
use serde_json::Value;

pub trait Caller: Send + Sync {
    /// Perform an operation by its tool name; `key` is the same whenever the same step tries again.
    fn call(&self, operation: &str, with: &Value, key: &str) -> Result<Value>;
}
