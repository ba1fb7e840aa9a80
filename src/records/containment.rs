//! Whether a value contains another, exactly as `@>` of PostgreSQL's `jsonb` decides it: the structure and the values
//! of the part must be in the whole, whatever else is there, in whatever order, however often.

use super::number::compare;
use serde_json::Value;

/// A list contains a single value, too; inside a value it does not.
pub fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            items.iter().any(|item| equal(item, part))
        }
        _ => within(whole, part),
    }
}

fn within(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| within(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| within(whole, part)))
        }
        _ => equal(whole, part),
    }
}

/// Of two single values; what has values inside equals nothing here.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => compare(a, b).is_eq(),
        _ => false,
    }
}
