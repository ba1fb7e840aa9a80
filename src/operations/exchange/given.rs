//! A field that may be absent, and may be null: null is a value.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// For `deserialize_with`, beside a `default` for a field that is absent.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
