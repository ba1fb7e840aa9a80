//! Answers for programs.

use crate::operations::yaml::to_yaml;
use serde_json::Value;

pub fn json(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// A page item by item, anything else as one line.
pub fn json_lines(value: &Value) -> String {
    let items = ["items", "lines", "tests", "findings", "matches"]
        .iter()
        .find_map(|name| value.get(name)?.as_array());
    let whole = std::slice::from_ref(value);
    let values = items.map_or(whole, Vec::as_slice);
    values.iter().fold(String::new(), |text, value| text + &value.to_string() + "\n")
}

pub fn yaml(value: &Value) -> String {
    to_yaml(value)
}
