//! How large a record may get. Each limit is enforced by `data`, `tags` or the rule it belongs to, in words.

use super::error::{Error, Result};
use serde_json::Value;

/// Of an entity's data, as JSON text.
pub const DATA_BYTES_MAX: usize = 256 * 1024;
pub const NESTING_MAX: usize = 64;
pub const TAGS_MAX: usize = 100;
pub const TAG_CHARACTERS_MAX: usize = 100;
/// Values in a pattern that data is to contain: each is compared with each of the data.
pub const PATTERN_VALUES_MAX: usize = 500;
pub const CONDITIONS_MAX: usize = 50;

/// Data is an object that fits, with numbers that are kept as they are.
pub fn data(data: &Value) -> Result<()> {
    if !data.is_object() {
        return Err(Error::new(
            format!("data is an object, not {}", kind(data)),
            r#"write it as {"key": "value"}"#,
        ));
    }
    if depth(data) > NESTING_MAX {
        return Err(Error::new(
            format!("data is nested more than {NESTING_MAX} levels deep"),
            "split it into several entities",
        ));
    }
    let bytes = data.to_string().len();
    if bytes > DATA_BYTES_MAX {
        return Err(Error::new(
            format!("data has {bytes} bytes, an entity has at most {DATA_BYTES_MAX}"),
            "keep what is large in a file, and its path here",
        ));
    }
    super::number::kept(data)
}

/// The tags as they are kept: each once, in their order.
pub fn tags(tags: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        let characters = tag.chars().count();
        let is_plain = tag.trim() == tag && !tag.chars().any(char::is_control);
        if !(1..=TAG_CHARACTERS_MAX).contains(&characters) || !is_plain {
            return Err(Error::new(
                format!("{tag:?} is no tag"),
                format!(
                    "1 to {TAG_CHARACTERS_MAX} characters, none of them a control character, no space around it"
                ),
            ));
        }
        if !kept.contains(tag) {
            kept.push(tag.clone());
        }
    }
    if kept.len() > TAGS_MAX {
        return Err(Error::new(
            format!("{} tags are too many: an entity has at most {TAGS_MAX}", kept.len()),
            "keep a list in its data",
        ));
    }
    Ok(kept)
}

/// How many values there are, those inside others too.
pub fn values(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
