//! What is looked for: tags, a text, contained values, conditions. This is the meaning; an index only makes it fast.

use super::condition::Condition;
use super::containment::contains;
use serde_json::Value;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Each of them.
    pub tags: Vec<String>,
    /// In the name or in a text of the data, whatever its case.
    pub text: Option<String>,
    pub parts: Vec<Value>,
    pub conditions: Vec<Condition>,
}

impl Filter {
    pub fn fits(&self, name: &str, data: &Value, tags: &[String]) -> bool {
        self.tags.iter().all(|tag| tags.contains(tag))
            && self.parts.iter().all(|part| contains(data, part))
            && self.conditions.iter().all(|condition| condition.holds(data))
            && self.text.as_ref().is_none_or(|text| {
                let wanted = text.to_lowercase();
                name.to_lowercase().contains(&wanted) || says(data, &wanted)
            })
    }
}

/// Whether one of the texts in it says so: keys and signs of JSON are nothing that anybody said.
fn says(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(wanted),
        Value::Array(items) => items.iter().any(|item| says(item, wanted)),
        Value::Object(fields) => fields.values().any(|field| says(field, wanted)),
        _ => false,
    }
}
