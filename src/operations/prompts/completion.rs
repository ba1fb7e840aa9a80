//! What an argument of a prompt may be, as far as it has been typed.

use super::pending::{Pending, roles};
use super::rendering::is_filled_in;
use crate::operations::documents;
use crate::operations::{Context, Error, PromptName};
use serde_json::Value;

/// The values that an argument's schema names, and the roles that something waits for where the prompt tells what
/// waits. Those that begin as `typed` does come first, then those that have it elsewhere.
pub fn values(
    context: &Context,
    name: &PromptName,
    argument: &str,
    typed: &str,
) -> Result<Vec<String>, Error> {
    let prompt = documents::prompt(context, name)?.prompt;
    let asked = || prompt.arguments.iter().filter(|argument| !is_filled_in(argument));
    let Some(declared) = asked().find(|declared| declared.name == argument) else {
        let names: Vec<&str> = asked().map(|argument| argument.name.as_str()).collect();
        return Err(Error::not_found("argument", argument)
            .suggest(argument, names.iter().copied())
            .hint(format!("the prompt `{}` takes {}", prompt.name, names.join(", "))));
    };
    let mut values = named(&declared.schema);
    if argument == "role" && Pending::wanted_by(&prompt.arguments) {
        values.extend(roles(context)?);
    }
    let typed = typed.to_lowercase();
    let place = |value: &String| value.to_lowercase().find(&typed);
    values.retain(|value| place(value).is_some());
    values.sort_by_key(|value| place(value) != Some(0));
    Ok(values)
}

/// The values that a schema names, as they are typed.
pub(super) fn named(schema: &Value) -> Vec<String> {
    let listed = ["enum", "examples"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    let mut values: Vec<Value> = listed.chain(schema.get("const")).cloned().collect();
    if schema.get("type") == Some(&Value::from("boolean")) && values.is_empty() {
        values = vec![true.into(), false.into()];
    }
    let typed = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    values.into_iter().map(typed).collect()
}
