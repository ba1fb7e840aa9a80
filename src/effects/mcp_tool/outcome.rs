//! From what the protocol returns to what a workflow sees.

use super::client::Tool;
use crate::effects::error::{Error, Result};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

pub(super) fn of(server: &str, tool: &str, result: CallToolResult) -> Result<Value> {
    if result.is_error == Some(true) {
        let text = match content(result.content) {
            Value::String(text) => text,
            Value::Null => {
                result.structured_content.map_or("no reason given".to_owned(), |value| value.to_string())
            }
            other => other.to_string(),
        };
        return Err(Error::new("tool_error", format!("tool `{tool}` of server `{server}` failed: {text}")));
    }
    Ok(result.structured_content.unwrap_or_else(|| content(result.content)))
}

/// One text as it is, even where it looks like JSON; several pieces as a list.
fn content(blocks: Vec<ContentBlock>) -> Value {
    let mut values: Vec<Value> = blocks.into_iter().map(block).collect();
    match values.len() {
        0 => Value::Null,
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

fn block(block: ContentBlock) -> Value {
    match block {
        ContentBlock::Text(text) => Value::String(text.text),
        other => serde_json::to_value(other).unwrap_or(Value::Null),
    }
}

pub(super) fn tool(tool: rmcp::model::Tool) -> Tool {
    Tool {
        name: tool.name.into_owned(),
        description: tool.description.map(Into::into),
        input_schema: Value::Object((*tool.input_schema).clone()),
        output_schema: tool.output_schema.map(|schema| Value::Object((*schema).clone())),
    }
}
