//! A value, asked for as its JSON Schema says: a choice for an `enum`, yes or no for a boolean, field by field for an
//! object, and anything that is too rich for questions as JSON.

use super::terminal::{Asked, left, terminal, theme};
use crate::operations::Error;
use crate::operations::inputs::{refusal, wanted};
use crate::operations::workflows::InputSummary;
use dialoguer::{Confirm, Input, Select};
use serde_json::{Map, Value};

/// Ask for every input that has no value yet and no default. `None` if the person left.
pub fn missing_inputs(declared: &[InputSummary], mut given: Map<String, Value>) -> Asked<Map<String, Value>> {
    for input in declared {
        if input.required && !given.contains_key(&input.name) {
            let Some(value) = ask_value(&input.name, &input.schema)? else { return Ok(None) };
            given.insert(input.name.clone(), value);
        }
    }
    Ok(Some(given))
}

/// Ask for every field that a schema requires and that has no value yet. `None` if the person left.
pub fn missing_fields(schema: &Value, mut given: Map<String, Value>) -> Asked<Map<String, Value>> {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if given.contains_key(name) {
            continue;
        }
        let field =
            schema.get("properties").and_then(|fields| fields.get(name)).unwrap_or(&Value::Bool(true));
        let Some(value) = ask_value(name, field)? else { return Ok(None) };
        given.insert(name.to_owned(), value);
    }
    Ok(Some(given))
}

pub fn ask_value(name: &str, schema: &Value) -> Asked<Value> {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array).filter(|choices| !choices.is_empty())
    {
        return ask_choice(name, schema, choices);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => {
            let theme = theme();
            let preset = schema.get("default").and_then(Value::as_bool).unwrap_or(false);
            let question =
                Confirm::with_theme(theme.as_ref()).with_prompt(titled(name, schema)).default(preset);
            Ok(left(question.interact_on_opt(&terminal()))?.flatten().map(Value::Bool))
        }
        Some("object")
            if schema.get("properties").is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty())) =>
        {
            ask_object(schema)
        }
        Some("array") if takes_words(schema) => ask_list(name, schema),
        _ => ask_text(name, schema),
    }
}

fn ask_choice(name: &str, schema: &Value, choices: &[Value]) -> Asked<Value> {
    let theme = theme();
    let preset = schema.get("default").and_then(|preset| choices.iter().position(|choice| choice == preset));
    let items =
        choices.iter().map(|choice| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned));
    let question = Select::with_theme(theme.as_ref())
        .with_prompt(titled(name, schema))
        .items(items)
        .default(preset.unwrap_or(0));
    let at = left(question.interact_on_opt(&terminal()))?.flatten();
    Ok(at.and_then(|at| choices.get(at).cloned()))
}

fn ask_object(schema: &Value) -> Asked<Value> {
    let mut object = Map::new();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let is_required = required.contains(&name.as_str());
        if is_required {
            let Some(value) = ask_value(name, property)? else { return Ok(None) };
            object.insert(name.clone(), value);
        } else {
            match ask_optional(name, property)? {
                None => return Ok(None),
                Some(Value::Null) => {}
                Some(value) => {
                    object.insert(name.clone(), value);
                }
            }
        }
    }
    Ok(Some(Value::Object(object)))
}

/// Null where nothing was typed.
fn ask_optional(name: &str, schema: &Value) -> Asked<Value> {
    let label = format!("{} (may be empty)", label(name, schema));
    read(&label, schema, |text| if text.trim().is_empty() { Some(Value::Null) } else { None })
}

fn ask_list(name: &str, schema: &Value) -> Asked<Value> {
    let label = format!("{}, separated by commas", label(name, schema));
    let items = schema.get("items").unwrap_or(&Value::Null).clone();
    read(&label, schema, |text| {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        Some(Value::Array(words.map(|word| typed(&items, word)).collect()))
    })
}

fn ask_text(name: &str, schema: &Value) -> Asked<Value> {
    read(&label(name, schema), schema, |_| None)
}

/// One line, asked for again until the schema accepts what it means.
fn read(label: &str, schema: &Value, shortcut: impl Fn(&str) -> Option<Value>) -> Asked<Value> {
    let theme = theme();
    let meaning = |text: &str| shortcut(text).unwrap_or_else(|| typed(schema, text));
    let question = Input::<String>::with_theme(theme.as_ref()).with_prompt(label).allow_empty(true);
    let question = match schema.get("default") {
        Some(Value::String(preset)) => question.default(preset.clone()),
        Some(preset) => question.default(preset.to_string()),
        None => question,
    };
    let question = question.validate_with(|text: &String| -> Result<(), Error> {
        match meaning(text) {
            Value::Null => Ok(()),
            value => refusal(schema, &value).map_or(Ok(()), Err),
        }
    });
    Ok(left(question.interact_text_on(&terminal()))?.map(|text| meaning(&text)))
}

/// What a typed text means where this schema is due.
fn typed(schema: &Value, text: &str) -> Value {
    crate::operations::inputs::read_as(schema, &Value::String(text.to_owned()))
}

fn takes_words(schema: &Value) -> bool {
    let items = schema.get("items").and_then(|items| items.get("type")).and_then(Value::as_str);
    matches!(items, Some("string" | "integer" | "number"))
}

/// For a question that shows its possible answers.
fn titled(name: &str, schema: &Value) -> String {
    match schema.get("description").and_then(Value::as_str) {
        Some(description) => format!("{name} ({description})"),
        None => name.to_owned(),
    }
}

fn label(name: &str, schema: &Value) -> String {
    format!("{name}: {}", wanted(schema))
}
