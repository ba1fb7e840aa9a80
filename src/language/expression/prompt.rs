//! The messages of a prompt with its arguments filled in.

use super::{Error, Scope, render_with_parents};
use crate::language::plan::PromptMessage;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A template sees each argument by its name, and all of them as `arguments`.
pub fn render_messages(
    messages: &[PromptMessage],
    parents: &BTreeMap<String, String>,
    arguments: Map<String, Value>,
) -> Result<Vec<PromptMessage>, Error> {
    let mut scope = Scope::new();
    for (name, value) in &arguments {
        scope.insert(name, value);
    }
    scope.insert("arguments", &Value::Object(arguments));
    let render = |(at, message): (usize, &PromptMessage)| {
        let text = render_with_parents(&message.text, parents, &scope).map_err(|error| match messages {
            [_] => error,
            _ => error.within(&format!("message {}", at + 1)),
        })?;
        Ok(PromptMessage { role: message.role.clone(), text })
    };
    messages.iter().enumerate().map(render).collect()
}
