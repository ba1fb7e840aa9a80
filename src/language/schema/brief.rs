//! The schema of an answer that several tools give, with no more than a reader has to be told of it.

use schemars::Schema;
use serde_json::Value;

/// Leaves out every property that is not `told`; an answer may have more than its schema names.
pub fn brief(told: &'static [&'static str]) -> impl FnMut(&mut Schema) {
    |schema| {
        schema.remove("required");
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| told.contains(&name.as_str()));
        }
    }
}
